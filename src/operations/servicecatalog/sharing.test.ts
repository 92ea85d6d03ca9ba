import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountsBelow } from '../../catalog/organization.ts'
import { type TestKit, testCaller, testKit, testProduct } from '../testing.ts'

const invalid = (message: RegExp) => ({ code: 'InvalidParametersException', message })
const notFound = (message: RegExp) => ({ code: 'ResourceNotFoundException', message })
const notSupported = (message: RegExp) => ({ code: 'OperationNotSupportedException', message })

/** The management account is the test kit's own; 222 lies in the unit, 333 in the unit below it, 444 at the root. */
const organization = {
  id: 'o-exampleorg1',
  managementAccount: '111122223333',
  delegatedAdministrators: ['444444444444'],
  nodes: [
    { id: 'ou-abcd-11111111', accounts: ['222222222222'] },
    { id: 'ou-abcd-22222222', parent: 'ou-abcd-11111111', accounts: ['333333333333'] },
  ],
  accounts: ['444444444444'],
}
const unit = { Type: 'ORGANIZATIONAL_UNIT', Value: 'ou-abcd-11111111' } as const

/** The administrator and a user of another account. */
const other = (accountId = '222222222222') => ({
  admin: testCaller('user/admin', true, accountId),
  bob: testCaller('user/bob', false, accountId),
})

const names = (page: { PortfolioDetails?: readonly { DisplayName?: string }[] }) =>
  page.PortfolioDetails?.map(({ DisplayName }) => DisplayName)

async function withOrganization(t: Parameters<typeof testKit>[0], settings = organization): Promise<TestKit> {
  const kit = testKit(t, undefined, settings)
  await kit.catalog('EnableAWSOrganizationsAccess', {})
  return kit
}

describe('validation', () => {
  test('a share names one account or one organization node, and not the owner', async t => {
    const { catalog } = await withOrganization(t)
    const { portfolioId: PortfolioId } = await testProduct({ catalog })
    const share = (input: object) => catalog('CreatePortfolioShare', { PortfolioId, ...input })
    await assert.rejects(share({}), invalid(/either AccountId or OrganizationNode/))
    await assert.rejects(share({ AccountId: '222222222222', OrganizationNode: unit }), invalid(/but not both/))
    await assert.rejects(share({ AccountId: '111122223333' }), invalid(/account that owns it/))
    await assert.rejects(share({ OrganizationNode: { Type: 'ORGANIZATION' } }), invalid(/a Type and a Value/))
    await assert.rejects(
      share({ OrganizationNode: { Type: 'ORGANIZATION', Value: 'ou-abcd-11111111' } }),
      invalid(/is not an organization node of type ORGANIZATION/),
    )
    await assert.rejects(
      share({ OrganizationNode: { Type: 'ORGANIZATIONAL_UNIT', Value: 'ou-abcd-99999999' } }),
      notFound(/ou-abcd-99999999/),
    )
    await assert.rejects(share({ AccountId: '222222222222', SharePrincipals: true }), invalid(/SharePrincipals/))
    await assert.rejects(share({ PortfolioId: 'port-x', AccountId: '222222222222' }), notFound(/port-x/))
    const { PortfolioShareDetails } = await catalog('DescribePortfolioShares', { PortfolioId, Type: 'ACCOUNT' })
    assert.deepEqual(PortfolioShareDetails, [])
  })

  test('only the management account and delegated administrators deal with the organization', async t => {
    const { catalog } = await withOrganization(t)
    const { portfolioId: PortfolioId } = await testProduct({ catalog })
    const member = other('222222222222').admin
    const delegated = other('444444444444').admin
    for (const [name, input] of [
      ['GetAWSOrganizationsAccessStatus', {}],
      ['EnableAWSOrganizationsAccess', {}],
      ['DisableAWSOrganizationsAccess', {}],
      ['CreatePortfolioShare', { PortfolioId, OrganizationNode: unit }],
      ['DescribePortfolioShareStatus', { PortfolioShareToken: 'share-x' }],
      ['ListOrganizationPortfolioAccess', { PortfolioId, OrganizationNodeType: 'ACCOUNT' }],
    ] as const) {
      await assert.rejects(catalog(name, input as never, member), notSupported(/is not the management account/))
    }
    assert.deepEqual(await catalog('GetAWSOrganizationsAccessStatus', {}, delegated), { AccessStatus: 'ENABLED' })
    await assert.rejects(catalog('EnableAWSOrganizationsAccess', {}, delegated), notSupported(/management account of/))
    await assert.rejects(catalog('DisableAWSOrganizationsAccess', {}), {
      code: 'InvalidStateException',
      message: /delegated administrators/,
    })
    const none = testKit(t)
    await assert.rejects(none.catalog('GetAWSOrganizationsAccessStatus', {}), notSupported(/There is no organization/))
  })

  test('what is not there is ResourceNotFoundException', async t => {
    const { catalog } = await withOrganization(t)
    const { portfolioId: PortfolioId } = await testProduct({ catalog })
    const { admin } = other()
    for (const call of [
      () => catalog('UpdatePortfolioShare', { PortfolioId, AccountId: '222222222222', ShareTagOptions: true }),
      () => catalog('DeletePortfolioShare', { PortfolioId, AccountId: '222222222222' }),
      () => catalog('DescribePortfolioShares', { PortfolioId: 'port-x', Type: 'ACCOUNT' }),
      // Somebody else's portfolio is not there, either.
      () => catalog('DescribePortfolioShares', { PortfolioId, Type: 'ACCOUNT' }, admin),
      () => catalog('ListPortfolioAccess', { PortfolioId }, admin),
      () => catalog('CreatePortfolioShare', { PortfolioId, AccountId: '333333333333' }, admin),
      () => catalog('DescribePortfolioShareStatus', { PortfolioShareToken: 'share-x' }),
      () => catalog('AcceptPortfolioShare', { PortfolioId }, admin),
      () => catalog('RejectPortfolioShare', { PortfolioId }, admin),
      () => catalog('AcceptPortfolioShare', { PortfolioId, PortfolioShareType: 'AWS_SERVICECATALOG' }, admin),
      () => catalog('ListPortfolioAccess', { PortfolioId, OrganizationParentId: 'ou-abcd-99999999' }),
    ]) {
      await assert.rejects(call(), { code: 'ResourceNotFoundException' })
    }
  })

  test('sharing with a node needs the organization access to be enabled', async t => {
    const { catalog } = testKit(t, undefined, { ...organization, delegatedAdministrators: [] })
    const { portfolioId: PortfolioId } = await testProduct({ catalog })
    assert.deepEqual(await catalog('GetAWSOrganizationsAccessStatus', {}), { AccessStatus: 'DISABLED' })
    const share = () => catalog('CreatePortfolioShare', { PortfolioId, OrganizationNode: unit })
    await assert.rejects(share(), { code: 'InvalidStateException', message: /must be enabled/ })
    await catalog('EnableAWSOrganizationsAccess', {})
    await share()
    await catalog('DisableAWSOrganizationsAccess', {})
    assert.deepEqual(await catalog('GetAWSOrganizationsAccessStatus', {}), { AccessStatus: 'DISABLED' })
    const { OrganizationNodes } = await catalog('ListOrganizationPortfolioAccess', {
      PortfolioId,
      OrganizationNodeType: 'ORGANIZATIONAL_UNIT',
    })
    assert.deepEqual(OrganizationNodes, [unit], 'shares that are there stay')
  })
})

describe('functionality', () => {
  test('a share with an account is usable once it was accepted and its principals are associated', async t => {
    const { catalog } = testKit(t)
    const { portfolioId: PortfolioId, productId: ProductId, artifactId } = await testProduct({ catalog })
    await catalog('CreateConstraint', {
      PortfolioId,
      ProductId,
      Type: 'LAUNCH',
      Parameters: JSON.stringify({ LocalRoleName: 'Launch' }),
    })
    const { admin, bob } = other()
    assert.deepEqual(await catalog('CreatePortfolioShare', { PortfolioId, AccountId: '222222222222' }), {})
    const shares = () => catalog('DescribePortfolioShares', { PortfolioId, Type: 'ACCOUNT' })
    const detail = {
      PrincipalId: '222222222222',
      Type: 'ACCOUNT',
      Accepted: false,
      ShareTagOptions: false,
      SharePrincipals: false,
    }
    assert.deepEqual(await shares(), { PortfolioShareDetails: [detail] })
    assert.deepEqual(names(await catalog('ListAcceptedPortfolioShares', {}, admin)), [])
    await assert.rejects(catalog('DescribePortfolio', { Id: PortfolioId }, admin), notFound(/port-/))

    await catalog('AcceptPortfolioShare', { PortfolioId }, admin)
    await catalog('AcceptPortfolioShare', { PortfolioId, PortfolioShareType: 'IMPORTED' }, admin)
    assert.deepEqual(await shares(), { PortfolioShareDetails: [{ ...detail, Accepted: true }] })
    assert.deepEqual(names(await catalog('ListAcceptedPortfolioShares', {}, admin)), ['shop portfolio'])
    assert.equal((await catalog('DescribePortfolio', { Id: PortfolioId }, admin)).PortfolioDetail?.Id, PortfolioId)
    // Its own list has what the account owns.
    assert.deepEqual(names(await catalog('ListPortfolios', {}, admin)), [])
    assert.equal(
      (await catalog('DescribeProductAsAdmin', { Id: ProductId, SourcePortfolioId: PortfolioId }, admin))
        .ProvisioningArtifactSummaries?.[0]?.Name,
      'v1',
    )

    await assert.rejects(catalog('DescribeProduct', { Id: ProductId }, bob), notFound(/No launch paths found/))
    await catalog(
      'AssociatePrincipalWithPortfolio',
      { PortfolioId, PrincipalARN: bob.arn, PrincipalType: 'IAM' },
      admin,
    )
    assert.equal((await catalog('DescribeProduct', { Name: 'shop' }, bob)).LaunchPaths?.[0]?.Name, 'shop portfolio')
    assert.equal((await catalog('SearchProducts', {}, bob)).ProductViewSummaries?.[0]?.ProductId, ProductId)
    const { LaunchPathSummaries } = await catalog('ListLaunchPaths', { ProductId }, bob)
    assert.deepEqual(LaunchPathSummaries?.[0]?.ConstraintSummaries, [{ Type: 'LAUNCH' }])
    const { RecordDetail } = await catalog(
      'ProvisionProduct',
      { ProductId, ProvisioningArtifactId: artifactId, ProvisionedProductName: 'bobs', ProvisionToken: 't' },
      bob,
    )
    // A local role name means the role of the account that launches.
    assert.equal(RecordDetail?.LaunchRoleArn, 'arn:aws:iam::222222222222:role/Launch')
    const mine = await catalog('DescribeProvisionedProduct', { Name: 'bobs' }, bob)
    assert.match(mine.ProvisionedProductDetail!.Arn!, /:222222222222:stack\/bobs\//)
    const { ProvisionedProducts } = await catalog('SearchProvisionedProducts', {}, bob)
    assert.equal(ProvisionedProducts?.[0]?.ProductName, 'shop')
    assert.equal(ProvisionedProducts?.[0]?.ProvisioningArtifactName, 'v1')
    // The owner of the portfolio does not own what others made of it.
    await assert.rejects(catalog('DescribeProvisionedProduct', { Name: 'bobs' }), notFound(/bobs/))

    await catalog('RejectPortfolioShare', { PortfolioId }, admin)
    await assert.rejects(catalog('DescribeProduct', { Id: ProductId }, bob), notFound(/No launch paths found/))
    assert.equal((await shares()).PortfolioShareDetails?.[0]?.Accepted, false)
    await catalog('AcceptPortfolioShare', { PortfolioId }, admin)
    await catalog('DescribeProduct', { Id: ProductId }, bob)
  })

  test('only its owner changes a shared portfolio and its products', async t => {
    const { catalog } = testKit(t)
    const { portfolioId: PortfolioId, productId: ProductId } = await testProduct({ catalog })
    const { admin } = other()
    await catalog('CreatePortfolioShare', { PortfolioId, AccountId: '222222222222' })
    await catalog('AcceptPortfolioShare', { PortfolioId }, admin)
    const own = await testProduct({ catalog: (name, input) => catalog(name, input, admin) }, { name: 'own' })
    for (const call of [
      () => catalog('AssociateProductWithPortfolio', { PortfolioId, ProductId: own.productId }, admin),
      () =>
        catalog(
          'CreateProvisioningArtifact',
          { ProductId, Parameters: { Info: { LoadTemplateFromURL: 'https://example.com/t' } } },
          admin,
        ),
      () =>
        catalog(
          'CreateConstraint',
          { PortfolioId, ProductId, Type: 'LAUNCH', Parameters: JSON.stringify({ LocalRoleName: 'Launch' }) },
          admin,
        ),
      () => catalog('CreatePortfolioShare', { PortfolioId, AccountId: '333333333333' }, admin),
    ]) {
      await assert.rejects(call(), { code: 'ResourceNotFoundException' })
    }
  })

  test("an imported product goes into a portfolio of one's own and stays as long as the share does", async t => {
    const { catalog } = testKit(t)
    const { portfolioId: SourcePortfolioId, productId: ProductId } = await testProduct({ catalog })
    const { admin, bob } = other()
    const { PortfolioDetail } = await catalog('CreatePortfolio', { DisplayName: 'local', ProviderName: 'IT' }, admin)
    const PortfolioId = PortfolioDetail!.Id!
    await catalog(
      'AssociatePrincipalWithPortfolio',
      { PortfolioId, PrincipalARN: bob.arn, PrincipalType: 'IAM' },
      admin,
    )
    const associate = (input: object = { SourcePortfolioId }) =>
      catalog('AssociateProductWithPortfolio', { PortfolioId, ProductId, ...input }, admin)
    await catalog('CreatePortfolioShare', { PortfolioId: SourcePortfolioId, AccountId: '222222222222' })
    await assert.rejects(associate(), notFound(/not found in portfolio/))
    await catalog('AcceptPortfolioShare', { PortfolioId: SourcePortfolioId }, admin)
    await assert.rejects(associate({}), notFound(/Product prod-/))
    await assert.rejects(associate({ SourcePortfolioId: PortfolioId }), notFound(/not found in portfolio/))
    await associate()
    await associate()
    const paths = async () => (await catalog('DescribeProduct', { Id: ProductId }, bob)).LaunchPaths
    assert.deepEqual(await paths(), [{ Id: PortfolioId.replace('port-', 'lpv3-'), Name: 'local' }])
    assert.equal((await catalog('SearchProducts', {}, bob)).ProductViewSummaries?.length, 1)
    // What was shared is not shared on.
    await assert.rejects(catalog('CreatePortfolioShare', { PortfolioId, AccountId: '333333333333' }, admin), {
      code: 'InvalidStateException',
      message: /cannot be shared on/,
    })
    await catalog('DeletePortfolioShare', { PortfolioId: SourcePortfolioId, AccountId: '222222222222' })
    await assert.rejects(paths(), notFound(/No launch paths/))
    assert.deepEqual((await catalog('SearchProducts', {}, bob)).ProductViewSummaries, [])
    assert.deepEqual(names(await catalog('ListAcceptedPortfolioShares', {}, admin)), [])
  })

  test('a share that is made anew starts anew', async t => {
    const { catalog } = testKit(t)
    const { portfolioId: PortfolioId, productId: ProductId } = await testProduct({ catalog })
    const { admin, bob } = other()
    const share = { PortfolioId, AccountId: '222222222222' }
    await catalog('CreatePortfolioShare', share)
    await catalog('AcceptPortfolioShare', { PortfolioId }, admin)
    await catalog(
      'AssociatePrincipalWithPortfolio',
      { PortfolioId, PrincipalARN: bob.arn, PrincipalType: 'IAM' },
      admin,
    )
    await catalog('DescribeProduct', { Id: ProductId }, bob)
    await catalog('DeletePortfolioShare', share)
    await catalog('CreatePortfolioShare', share)
    assert.deepEqual(names(await catalog('ListAcceptedPortfolioShares', {}, admin)), [])
    await catalog('AcceptPortfolioShare', { PortfolioId }, admin)
    await assert.rejects(catalog('DescribeProduct', { Id: ProductId }, bob), notFound(/No launch paths/))
  })

  test('a share with a unit reaches the accounts below it at once, with its principals where that is asked for', async t => {
    const { catalog } = await withOrganization(t)
    const { portfolioId: PortfolioId, productId: ProductId } = await testProduct({ catalog })
    await catalog('AssociatePrincipalWithPortfolio', {
      PortfolioId,
      PrincipalARN: 'arn:aws:iam:::user/b*',
      PrincipalType: 'IAM_PATTERN',
    })
    const { PortfolioShareToken } = await catalog('CreatePortfolioShare', { PortfolioId, OrganizationNode: unit })
    assert.match(PortfolioShareToken!, /^share-[a-z2-7]{13}$/)
    assert.deepEqual(await catalog('DescribePortfolioShareStatus', { PortfolioShareToken: PortfolioShareToken! }), {
      PortfolioShareToken,
      PortfolioId,
      OrganizationNodeValue: unit.Value,
      Status: 'COMPLETED',
      ShareDetails: { SuccessfulShares: ['222222222222', '333333333333'], ShareErrors: [] },
    })
    const below = other('333333333333')
    const beside = other('444444444444')
    const accepted = (caller: typeof below.admin) =>
      catalog('ListAcceptedPortfolioShares', { PortfolioShareType: 'AWS_ORGANIZATIONS' }, caller).then(names)
    assert.deepEqual(await accepted(below.admin), ['shop portfolio'])
    assert.deepEqual(names(await catalog('ListAcceptedPortfolioShares', {}, below.admin)), [])
    assert.deepEqual(await accepted(beside.admin), [])

    const describeAs = (caller: typeof below.bob) => catalog('DescribeProduct', { Id: ProductId }, caller)
    await assert.rejects(describeAs(below.bob), notFound(/No launch paths/))
    const update = await catalog('UpdatePortfolioShare', { PortfolioId, OrganizationNode: unit, SharePrincipals: true })
    assert.equal(update.Status, 'COMPLETED')
    assert.notEqual(update.PortfolioShareToken, PortfolioShareToken)
    await describeAs(below.bob)
    // The owner's alice is not theirs: names are shared by pattern only.
    await assert.rejects(describeAs(testCaller('user/alice', false, '333333333333')), notFound(/No launch paths/))
    const { PortfolioShareDetails } = await catalog('DescribePortfolioShares', {
      PortfolioId,
      Type: 'ORGANIZATIONAL_UNIT',
    })
    assert.deepEqual(PortfolioShareDetails, [
      {
        PrincipalId: unit.Value,
        Type: 'ORGANIZATIONAL_UNIT',
        Accepted: true,
        ShareTagOptions: false,
        SharePrincipals: true,
      },
    ])
    await catalog('RejectPortfolioShare', { PortfolioId, PortfolioShareType: 'AWS_ORGANIZATIONS' }, below.admin)
    await assert.rejects(describeAs(below.bob), notFound(/No launch paths/))
    await catalog('AcceptPortfolioShare', { PortfolioId, PortfolioShareType: 'AWS_ORGANIZATIONS' }, below.admin)
    await describeAs(below.bob)

    // The same node by its ARN; what is shared already stays as it is.
    const again = await catalog('CreatePortfolioShare', {
      PortfolioId,
      OrganizationNode: { ...unit, Value: 'arn:aws:organizations::111122223333:ou/o-exampleorg1/ou-abcd-11111111' },
    })
    assert.match(again.PortfolioShareToken!, /^share-/)
    await describeAs(below.bob)
    const ended = await catalog('DeletePortfolioShare', { PortfolioId, OrganizationNode: unit })
    await assert.rejects(describeAs(below.bob), notFound(/No launch paths/))
    const status = await catalog('DescribePortfolioShareStatus', { PortfolioShareToken: ended.PortfolioShareToken! })
    assert.deepEqual(status.ShareDetails?.SuccessfulShares, ['222222222222', '333333333333'])
  })

  test('who has access is listed by account, by node and below a node, by pages', async t => {
    const { catalog, clock } = await withOrganization(t)
    const { portfolioId: PortfolioId } = await testProduct({ catalog })
    const share = (input: object) => {
      clock.advance(1000)
      return catalog('CreatePortfolioShare', { PortfolioId, ...input })
    }
    for (const AccountId of ['999999999999', '555555555555', '666666666666']) await share({ AccountId })
    await share({ OrganizationNode: { Type: 'ACCOUNT', Value: '444444444444' } })
    await share({ OrganizationNode: unit })
    await share({ OrganizationNode: { Type: 'ORGANIZATION', Value: 'o-exampleorg1' } })
    const one = await catalog('ListPortfolioAccess', { PortfolioId, PageSize: 3 })
    assert.deepEqual(one.AccountIds, ['444444444444', '555555555555', '666666666666'])
    assert.deepEqual(await catalog('ListPortfolioAccess', { PortfolioId, PageToken: one.NextPageToken }), {
      AccountIds: ['999999999999'],
    })
    const below = async (OrganizationParentId: string) =>
      (await catalog('ListPortfolioAccess', { PortfolioId, OrganizationParentId })).AccountIds
    assert.deepEqual(await below('ou-abcd-22222222'), ['333333333333'])
    assert.deepEqual(await below('o-exampleorg1'), ['222222222222', '333333333333', '444444444444'])
    const nodes = async (OrganizationNodeType: 'ORGANIZATION' | 'ORGANIZATIONAL_UNIT' | 'ACCOUNT') =>
      (await catalog('ListOrganizationPortfolioAccess', { PortfolioId, OrganizationNodeType })).OrganizationNodes
    assert.deepEqual(await nodes('ACCOUNT'), [{ Type: 'ACCOUNT', Value: '444444444444' }])
    assert.deepEqual(await nodes('ORGANIZATIONAL_UNIT'), [unit])
    assert.deepEqual(await nodes('ORGANIZATION'), [{ Type: 'ORGANIZATION', Value: 'o-exampleorg1' }])
    const first = await catalog('DescribePortfolioShares', { PortfolioId, Type: 'ACCOUNT', PageSize: 2 })
    const rest = await catalog('DescribePortfolioShares', {
      PortfolioId,
      Type: 'ACCOUNT',
      PageToken: first.NextPageToken,
    })
    assert.deepEqual(
      [...first.PortfolioShareDetails!, ...rest.PortfolioShareDetails!].map(({ PrincipalId }) => PrincipalId),
      ['999999999999', '555555555555', '666666666666'],
    )
    const members = await catalog('DescribePortfolioShares', { PortfolioId, Type: 'ORGANIZATION_MEMBER_ACCOUNT' })
    assert.deepEqual(
      members.PortfolioShareDetails?.map(({ PrincipalId, Accepted }) => [PrincipalId, Accepted]),
      [['444444444444', true]],
    )
  })

  test('shares follow the organization when it has changed', async t => {
    const { catalog, services } = await withOrganization(t)
    const { portfolioId: PortfolioId } = await testProduct({ catalog })
    await catalog('CreatePortfolioShare', { PortfolioId, OrganizationNode: unit })
    const moved = {
      ...services.organization!,
      accounts: new Map([
        ['222222222222', undefined],
        ['555555555555', unit.Value],
      ]),
    }
    await services.storage.portfolioShares.sync(moved.id, node => accountsBelow(moved, node) ?? [])
    const accepted = (accountId: string) =>
      catalog('ListAcceptedPortfolioShares', { PortfolioShareType: 'AWS_ORGANIZATIONS' }, other(accountId).admin)
    assert.deepEqual(names(await accepted('222222222222')), [])
    assert.deepEqual(names(await accepted('555555555555')), ['shop portfolio'])
  })

  test("service actions of a shared product are its owner's", async t => {
    const kit = testKit(t)
    const { catalog, documents } = kit
    const { portfolioId: PortfolioId, productId: ProductId, artifactId } = await testProduct(kit)
    const { admin, bob } = other()
    await documents('CreateDocument', {
      Name: 'Check',
      DocumentFormat: 'YAML',
      Content: "schemaVersion: '0.3'\nmainSteps:\n  - {name: wait, action: aws:sleep, inputs: {Duration: PT1S}}\n",
    })
    const { ServiceActionDetail } = await catalog('CreateServiceAction', {
      Name: 'Check',
      DefinitionType: 'SSM_AUTOMATION',
      Definition: { Name: 'Check', Version: '1' },
    })
    const ServiceActionId = ServiceActionDetail!.ServiceActionSummary!.Id!
    await catalog('AssociateServiceActionWithProvisioningArtifact', {
      ProductId,
      ProvisioningArtifactId: artifactId,
      ServiceActionId,
    })
    await catalog('CreatePortfolioShare', { PortfolioId, AccountId: '222222222222' })
    await catalog('AcceptPortfolioShare', { PortfolioId }, admin)
    await catalog(
      'AssociatePrincipalWithPortfolio',
      { PortfolioId, PrincipalARN: bob.arn, PrincipalType: 'IAM' },
      admin,
    )
    const { RecordDetail } = await catalog(
      'ProvisionProduct',
      { ProductId, ProvisioningArtifactId: artifactId, ProvisionedProductName: 'bobs', ProvisionToken: 't' },
      bob,
    )
    const listed = await catalog(
      'ListServiceActionsForProvisioningArtifact',
      { ProductId, ProvisioningArtifactId: artifactId },
      bob,
    )
    assert.deepEqual(
      listed.ServiceActionSummaries?.map(({ Name }) => Name),
      ['Check'],
    )
    const described = await catalog(
      'DescribeServiceActionExecutionParameters',
      { ProvisionedProductId: RecordDetail!.ProvisionedProductId!, ServiceActionId },
      bob,
    )
    assert.deepEqual(described.ServiceActionParameters, [])
  })
})
