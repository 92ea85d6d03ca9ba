import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { succeed, type TestKit, testCaller, testKit, testProduct } from '../testing.ts'

const invalid = (message: RegExp) => ({ code: 'InvalidParametersException', message })
const notFound = (message: RegExp) => ({ code: 'ResourceNotFoundException', message })
const inUse = (message: RegExp) => ({ code: 'ResourceInUseException', message })
const role = '{"RoleArn":"arn:aws:iam::111122223333:role/Launch"}'

async function addVersion({ catalog }: Pick<TestKit, 'catalog'>, ProductId: string, Name: string): Promise<string> {
  const { ProvisioningArtifactDetail } = await catalog('CreateProvisioningArtifact', {
    ProductId,
    Parameters: { Name, Info: { LoadTemplateFromURL: `https://example.com/${Name}` } },
  })
  return ProvisioningArtifactDetail!.Id!
}

async function constrain(
  { catalog }: Pick<TestKit, 'catalog'>,
  { portfolioId, productId }: { portfolioId: string; productId: string },
  Type = 'LAUNCH',
  Parameters = role,
): Promise<string> {
  const { ConstraintDetail } = await catalog('CreateConstraint', {
    PortfolioId: portfolioId,
    ProductId: productId,
    Type,
    Parameters,
  })
  return ConstraintDetail!.ConstraintId!
}

describe('validation', () => {
  test('what is not there is ResourceNotFoundException, with its id in the text', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const { portfolioId, productId, artifactId } = await testProduct(kit)
    const other = await testProduct(kit, { name: 'other' })
    for (const call of [
      () => catalog('UpdatePortfolio', { Id: 'port-x', DisplayName: 'n' }),
      () => catalog('DeletePortfolio', { Id: 'port-x' }),
      () => catalog('ListPortfoliosForProduct', { ProductId: 'prod-x' }),
      () => catalog('UpdateProduct', { Id: 'prod-x', Name: 'n' }),
      () => catalog('DeleteProduct', { Id: 'prod-x' }),
      () => catalog('SearchProductsAsAdmin', { PortfolioId: 'port-x' }),
      () => catalog('DescribeProductView', { Id: 'prodview-x' }),
      () => catalog('DisassociateProductFromPortfolio', { PortfolioId: 'port-x', ProductId: productId }),
      () => catalog('DisassociateProductFromPortfolio', { PortfolioId: portfolioId, ProductId: 'prod-x' }),
      () => catalog('UpdateProvisioningArtifact', { ProductId: 'prod-x', ProvisioningArtifactId: artifactId }),
      () => catalog('UpdateProvisioningArtifact', { ProductId: productId, ProvisioningArtifactId: 'pa-x' }),
      () => catalog('DeleteProvisioningArtifact', { ProductId: productId, ProvisioningArtifactId: 'pa-x' }),
      () => catalog('UpdateConstraint', { Id: 'cons-x', Description: 'd' }),
      () => catalog('DeleteConstraint', { Id: 'cons-x' }),
      () => catalog('ListConstraintsForPortfolio', { PortfolioId: 'port-x' }),
      () => catalog('ListPrincipalsForPortfolio', { PortfolioId: 'port-x' }),
      () => catalog('DisassociatePrincipalFromPortfolio', { PortfolioId: 'port-x', PrincipalARN: 'arn-x' }),
      () => catalog('DisassociatePrincipalFromPortfolio', { PortfolioId: portfolioId, PrincipalARN: 'arn-x' }),
      () => catalog('AssociateBudgetWithResource', { BudgetName: 'b', ResourceId: 'port-x' }),
      () => catalog('DisassociateBudgetFromResource', { BudgetName: 'b-x', ResourceId: portfolioId }),
      () => catalog('ListBudgetsForResource', { ResourceId: 'prod-x' }),
    ]) {
      await assert.rejects(call(), notFound(/(port|prod|prodview|pa|cons|arn|b)-x/), call.toString())
    }
    // Another product's version, another account's portfolio.
    const foreign = { ProductId: other.productId, ProvisioningArtifactId: artifactId }
    await assert.rejects(catalog('UpdateProvisioningArtifact', foreign), notFound(/not found in product/))
    await assert.rejects(catalog('DeleteProvisioningArtifact', foreign), notFound(/not found in product/))
    const stranger = testCaller('user/eve', true, '999999999999')
    await assert.rejects(catalog('DeletePortfolio', { Id: portfolioId }, stranger), notFound(/port-/))
    await assert.rejects(catalog('UpdatePortfolio', { Id: portfolioId }, stranger), notFound(/port-/))
    await assert.rejects(catalog('UpdateProduct', { Id: productId }, stranger), notFound(/prod-/))
  })

  test('tags must have keys of their own, at most 20', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const { portfolioId, productId } = await testProduct(kit)
    const tags = (count: number, prefix = 'k') =>
      Array.from({ length: count }, (_, i) => ({ Key: prefix + i, Value: 'v' }))
    const twice = [
      { Key: 'a', Value: '1' },
      { Key: 'a', Value: '2' },
    ]
    const reserved = [{ Key: 'aws:a', Value: '1' }]
    const create = (Tags: typeof twice) => catalog('CreatePortfolio', { DisplayName: 'n', ProviderName: 'IT', Tags })
    await assert.rejects(create(twice), invalid(/more than once/))
    await assert.rejects(create(reserved), invalid(/reserved/))
    for (const [operation, Id] of [
      ['UpdatePortfolio', portfolioId],
      ['UpdateProduct', productId],
    ] as const) {
      await assert.rejects(catalog(operation, { Id, AddTags: twice }), invalid(/more than once/))
      await assert.rejects(catalog(operation, { Id, AddTags: reserved }), invalid(/reserved/))
      await catalog(operation, { Id, AddTags: tags(20) })
    }
    const more = tags(1, 'more')
    // UpdateProduct declares no LimitExceededException.
    await assert.rejects(catalog('UpdatePortfolio', { Id: portfolioId, AddTags: more }), {
      code: 'LimitExceededException',
    })
    await assert.rejects(catalog('UpdateProduct', { Id: productId, AddTags: more }), invalid(/20 tags/))
  })

  test('a constraint keeps the form of its type, and a product cannot be connected to a repository', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const made = await testProduct(kit)
    const Id = await constrain(kit, made)
    await assert.rejects(catalog('UpdateConstraint', { Id, Parameters: '{}' }), invalid(/either RoleArn or/))
    assert.equal((await catalog('DescribeConstraint', { Id })).ConstraintParameters, role)
    const SourceConnection = { ConnectionParameters: {} }
    await assert.rejects(
      catalog('UpdateProduct', { Id: made.productId, SourceConnection }),
      invalid(/SourceConnection is not supported/),
    )
  })
})

describe('functionality', () => {
  test('a portfolio changes what is given, and its tags', async t => {
    const { catalog, clock } = testKit(t)
    const { PortfolioDetail } = await catalog('CreatePortfolio', {
      DisplayName: 'one',
      ProviderName: 'IT',
      Description: 'd',
      Tags: [{ Key: 'a', Value: '1' }],
    })
    clock.advance(1000)
    const Id = PortfolioDetail!.Id!
    const changed = await catalog('UpdatePortfolio', {
      Id,
      DisplayName: 'two',
      Description: '',
      AddTags: [
        { Key: 'a', Value: '2' },
        { Key: 'b', Value: '3' },
      ],
      RemoveTags: ['a'],
    })
    assert.deepEqual(changed, {
      PortfolioDetail: { ...PortfolioDetail, DisplayName: 'two', Description: '' },
      Tags: [
        { Key: 'a', Value: '2' },
        { Key: 'b', Value: '3' },
      ],
    })
    const described = await catalog('DescribePortfolio', { Id })
    assert.deepEqual(described, { ...changed, TagOptions: [], Budgets: [] })
    assert.deepEqual(await catalog('UpdatePortfolio', { Id }), changed)
  })

  test('a portfolio is deleted when nothing is associated with it any more', async t => {
    const kit = testKit(t)
    const { catalog, alice } = kit
    const made = await testProduct(kit)
    const { portfolioId: Id, productId } = made
    const constraint = await constrain(kit, made)
    const { TagOptionDetail } = await catalog('CreateTagOption', { Key: 'k', Value: 'v' })
    const option = { ResourceId: Id, TagOptionId: TagOptionDetail!.Id! }
    await catalog('AssociateTagOptionWithResource', option)
    await catalog('AssociateBudgetWithResource', { ResourceId: Id, BudgetName: 'b' })
    await catalog('CreatePortfolioShare', { PortfolioId: Id, AccountId: '444455556666' })
    const refused = async (what: string) => {
      await assert.rejects(catalog('DeletePortfolio', { Id }), {
        code: 'ResourceInUseException',
        message: `Portfolio ${Id} still has associated ${what}`,
      })
    }
    await refused('Principals')
    await catalog('DisassociatePrincipalFromPortfolio', { PortfolioId: Id, PrincipalARN: alice.arn })
    await refused('Products')
    const member = { PortfolioId: Id, ProductId: productId }
    await assert.rejects(catalog('DisassociateProductFromPortfolio', member), inUse(new RegExp(constraint)))
    await catalog('DeleteConstraint', { Id: constraint })
    await catalog('DisassociateProductFromPortfolio', member)
    await refused('Shares')
    await catalog('DeletePortfolioShare', { PortfolioId: Id, AccountId: '444455556666' })
    await refused('TagOptions')
    await catalog('DisassociateTagOptionFromResource', option)
    await catalog('DeletePortfolio', { Id })
    await assert.rejects(catalog('DescribePortfolio', { Id }), notFound(/port-/))
    await assert.rejects(catalog('DeletePortfolio', { Id }), notFound(/port-/))
    assert.deepEqual((await catalog('ListPortfolios', {})).PortfolioDetails, [])
  })

  test('a product changes what is given; its name is found anew', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const { productId: Id } = await testProduct(kit)
    const { ProductViewDetail: before } = await catalog('DescribeProductAsAdmin', { Id })
    const more = {
      Owner: 'Ops',
      Distributor: 'D',
      SupportDescription: 'S',
      SupportEmail: 'a@example.com',
      SupportUrl: 'https://example.com',
    }
    const changed = await catalog('UpdateProduct', {
      Id,
      Name: 'renamed',
      Description: 'short',
      ...more,
      AddTags: [{ Key: 'a', Value: '1' }],
    })
    assert.deepEqual(changed, {
      ProductViewDetail: {
        ...before,
        ProductViewSummary: { ...before!.ProductViewSummary, Name: 'renamed', ShortDescription: 'short', ...more },
      },
      Tags: [{ Key: 'a', Value: '1' }],
    })
    const described = await catalog('DescribeProductAsAdmin', { Name: 'renamed' })
    assert.deepEqual(described.ProductViewDetail, changed.ProductViewDetail)
    await assert.rejects(catalog('DescribeProductAsAdmin', { Name: 'shop' }), notFound(/shop/))
    assert.deepEqual((await catalog('UpdateProduct', { Id, RemoveTags: ['a'] })).Tags, [])
  })

  test('a product is deleted with its versions when it is in no portfolio and nothing is provisioned', async t => {
    const kit = testKit(t)
    const { catalog, alice, services } = kit
    const { portfolioId, productId: Id, artifactId } = await testProduct(kit)
    await catalog('AssociateBudgetWithResource', { ResourceId: Id, BudgetName: 'b' })
    await assert.rejects(catalog('DeleteProduct', { Id }), inUse(new RegExp(portfolioId)))
    const launch = {
      ProductId: Id,
      ProvisioningArtifactId: artifactId,
      ProvisionedProductName: 'p',
      ProvisionToken: 'p',
    }
    const provisioned = await catalog('ProvisionProduct', launch, alice)
    const { ProvisionedProductId } = provisioned.RecordDetail!
    await catalog('DisassociateProductFromPortfolio', { PortfolioId: portfolioId, ProductId: Id })
    await assert.rejects(catalog('DeleteProduct', { Id }), inUse(new RegExp(ProvisionedProductId!)))
    await succeed(kit, provisioned, alice)
    await assert.rejects(catalog('DeleteProduct', { Id }), inUse(new RegExp(ProvisionedProductId!)))
    const ended = await catalog('TerminateProvisionedProduct', { ProvisionedProductId, TerminateToken: 't' }, alice)
    await succeed(kit, ended, alice)
    await catalog('DeleteProduct', { Id })
    await assert.rejects(catalog('DescribeProductAsAdmin', { Id }), notFound(/prod-/))
    // Nor is anything of it left where only its id would lead.
    assert.equal(await services.storage.artifacts.getById(alice.scope, artifactId), undefined)
    assert.deepEqual(await services.storage.budgets.ofResource(alice.scope, Id), [])
    await assert.rejects(
      catalog('DescribeProvisioningArtifact', { ProvisioningArtifactId: artifactId }),
      notFound(/pa-/),
    )
  })

  test('a version that something runs or is on its way to stays, and so does the last one', async t => {
    const kit = testKit(t)
    const { catalog, alice } = kit
    const { productId: ProductId, artifactId: v1 } = await testProduct(kit)
    const remove = (ProvisioningArtifactId: string) =>
      catalog('DeleteProvisioningArtifact', { ProductId, ProvisioningArtifactId })
    await assert.rejects(remove(v1), inUse(/is the last one/))
    const v2 = await addVersion(kit, ProductId, 'v2')
    const v3 = await addVersion(kit, ProductId, 'v3')
    const launch = { ProductId, ProvisioningArtifactId: v1, ProvisionedProductName: 'p', ProvisionToken: 'p' }
    await succeed(kit, await catalog('ProvisionProduct', launch, alice), alice)
    await assert.rejects(remove(v1), inUse(/still used by provisioned product pp-/))
    const update = { ProvisionedProductName: 'p', ProvisioningArtifactId: v2, UpdateToken: 'u' }
    const updating = await catalog('UpdateProvisionedProduct', update, alice)
    await assert.rejects(remove(v1), inUse(/pp-/))
    await assert.rejects(remove(v2), inUse(/pp-/))
    await remove(v3)
    await succeed(kit, updating, alice)
    await assert.rejects(remove(v2), inUse(/pp-/))
    await remove(v1)
    const { ProvisioningArtifactDetails } = await catalog('ListProvisioningArtifacts', { ProductId })
    assert.deepEqual(
      ProvisioningArtifactDetails?.map(({ Id }) => Id),
      [v2],
    )
  })

  test('nothing is launched from a version that is deleted meanwhile', async t => {
    const kit = testKit(t, {
      // The moment between reading the version and accepting the launch.
      parameters: async (_product, { productId, detail }) => {
        if (!detail.Name?.startsWith('v2')) return undefined
        await kit.catalog('DeleteProvisioningArtifact', { ProductId: productId, ProvisioningArtifactId: detail.Id })
        return undefined
      },
    })
    const { catalog, alice } = kit
    const { productId: ProductId } = await testProduct(kit)
    const launch = async (ProvisionedProductName: string, ProvisioningArtifactName: string) =>
      catalog(
        'ProvisionProduct',
        { ProductId, ProvisioningArtifactName, ProvisionedProductName, ProvisionToken: 'p' },
        alice,
      )
    await addVersion(kit, ProductId, 'v2')
    await assert.rejects(launch('p', 'v2'), notFound(/Provisioning Artifact pa-/))
    await succeed(kit, await launch('p', 'v1'), alice)
    await addVersion(kit, ProductId, 'v2')
    const update = { ProvisionedProductName: 'p', ProvisioningArtifactName: 'v2', UpdateToken: 'u' }
    await assert.rejects(catalog('UpdateProvisionedProduct', update, alice), notFound(/Provisioning Artifact pa-/))
    assert.equal(
      (await catalog('DescribeProvisionedProduct', { Name: 'p' }, alice)).ProvisionedProductDetail?.Status,
      'AVAILABLE',
    )
  })

  test('a deprecated version is not launched but updated, an inactive one neither; requesters see what is active', async t => {
    const kit = testKit(t)
    const { catalog, alice } = kit
    const { productId: ProductId, artifactId: v1 } = await testProduct(kit)
    const v2 = await addVersion(kit, ProductId, 'v2')
    const set = (ProvisioningArtifactId: string, more: object) =>
      catalog('UpdateProvisioningArtifact', { ProductId, ProvisioningArtifactId, ...more })
    const launch = (ProvisionedProductName: string) =>
      catalog(
        'ProvisionProduct',
        { ProductId, ProvisioningArtifactId: v1, ProvisionedProductName, ProvisionToken: 'p' },
        alice,
      )
    const update = async () => {
      const input = { ProvisionedProductName: 'p', ProvisioningArtifactId: v1, UpdateToken: 'u' }
      await succeed(kit, await catalog('UpdateProvisionedProduct', input, alice), alice)
    }
    await succeed(kit, await launch('p'), alice)

    const changed = await set(v1, { Name: 'first', Description: 'd', Guidance: 'DEPRECATED' })
    assert.deepEqual(changed, {
      ProvisioningArtifactDetail: {
        ...changed.ProvisioningArtifactDetail,
        Id: v1,
        Name: 'first',
        Description: 'd',
        Active: true,
        Guidance: 'DEPRECATED',
      },
      Info: { TemplateUrl: 'https://example.com/v1' },
      Status: 'AVAILABLE',
    })
    await assert.rejects(launch('q'), invalid(/is deprecated/))
    await update()
    await set(v1, { Active: false, Guidance: 'DEFAULT' })
    await assert.rejects(launch('q'), invalid(/is not active/))
    await assert.rejects(update(), invalid(/is not active/))

    const { ProductViewSummary } = await catalog('DescribeProduct', { Id: ProductId }, alice)
    const view = await catalog('DescribeProductView', { Id: ProductViewSummary!.Id! }, alice)
    assert.deepEqual(view.ProductViewSummary, ProductViewSummary)
    assert.deepEqual(
      view.ProvisioningArtifacts?.map(({ Id }) => Id),
      [v2],
    )
    await assert.rejects(
      catalog('DescribeProductView', { Id: ProductViewSummary!.Id! }, testCaller('user/bob')),
      notFound(/prodview-/),
    )
    await set(v1, { Active: true })
    await launch('q')
  })

  test('constraints are changed, listed by product and page, and deleted', async t => {
    const kit = testKit(t)
    const { catalog, clock } = kit
    const one = await testProduct(kit)
    const two = await testProduct(kit, { name: 'two' })
    await catalog('AssociateProductWithPortfolio', { PortfolioId: one.portfolioId, ProductId: two.productId })
    const rules = (name: string) => JSON.stringify({ Rules: { [name]: { Assertions: [{ Assert: true }] } } })
    const made: string[] = []
    for (const [productId, name] of [
      [one.productId, 'a'],
      [two.productId, 'b'],
      [one.productId, 'c'],
    ] as const) {
      made.push(await constrain(kit, { portfolioId: one.portfolioId, productId }, 'TEMPLATE', rules(name)))
      clock.advance(1)
    }
    const PortfolioId = one.portfolioId
    const ids = async (more: object) =>
      (await catalog('ListConstraintsForPortfolio', { PortfolioId, ...more })).ConstraintDetails?.map(
        ({ ConstraintId }) => ConstraintId,
      )
    assert.deepEqual(await ids({}), made)
    assert.deepEqual(await ids({ ProductId: one.productId }), [made[0], made[2]])
    assert.deepEqual(await ids({ ProductId: 'prod-x' }), [])
    const { NextPageToken } = await catalog('ListConstraintsForPortfolio', { PortfolioId, PageSize: 2 })
    assert.deepEqual(await ids({ PageSize: 2, PageToken: NextPageToken }), [made[2]])

    const changed = await catalog('UpdateConstraint', { Id: made[0]!, Parameters: rules('z'), Description: 'd' })
    assert.equal(changed.ConstraintParameters, rules('z'))
    assert.equal(changed.ConstraintDetail?.Description, 'd')
    assert.deepEqual(await catalog('DescribeConstraint', { Id: made[0]! }), changed)
    await catalog('DeleteConstraint', { Id: made[0]! })
    assert.deepEqual(await ids({}), made.slice(1))
    // A launch constraint that is gone makes room for another.
    const launch = await constrain(kit, one)
    await catalog('DeleteConstraint', { Id: launch })
    await constrain(kit, one)
  })

  test('principals are listed by page and lose their access', async t => {
    const kit = testKit(t)
    const { catalog, alice, clock } = kit
    const { portfolioId: PortfolioId, productId } = await testProduct(kit)
    const pattern = { PortfolioId, PrincipalARN: 'arn:aws:iam:::user/ali*', PrincipalType: 'IAM_PATTERN' } as const
    clock.advance(1)
    await catalog('AssociatePrincipalWithPortfolio', pattern)
    const one = await catalog('ListPrincipalsForPortfolio', { PortfolioId, PageSize: 1 })
    assert.deepEqual(one.Principals, [{ PrincipalARN: alice.arn, PrincipalType: 'IAM' }])
    const two = await catalog('ListPrincipalsForPortfolio', { PortfolioId, PageToken: one.NextPageToken })
    assert.deepEqual(two, {
      Principals: [{ PrincipalARN: pattern.PrincipalARN, PrincipalType: 'IAM_PATTERN' }],
    })

    const out = (more: object) =>
      catalog('DisassociatePrincipalFromPortfolio', { PortfolioId, PrincipalARN: alice.arn, ...more })
    await assert.rejects(out({ PrincipalType: 'IAM_PATTERN' }), notFound(/of type IAM_PATTERN/))
    await out({ PrincipalType: 'IAM' })
    // The pattern still admits her.
    await catalog('DescribeProduct', { Id: productId }, alice)
    await catalog('DisassociatePrincipalFromPortfolio', pattern)
    await assert.rejects(catalog('DescribeProduct', { Id: productId }, alice), notFound(/No launch paths/))
    await assert.rejects(out({}), notFound(/user\/alice/))
  })

  test('a product’s portfolios are listed by page', async t => {
    const kit = testKit(t)
    const { catalog, clock } = kit
    const made = [await testProduct(kit, { name: 'one' })]
    for (const name of ['two', 'three']) {
      clock.advance(1)
      made.push(await testProduct(kit, { name }))
    }
    const ProductId = made[1]!.productId
    for (const { portfolioId } of made) {
      await catalog('AssociateProductWithPortfolio', { PortfolioId: portfolioId, ProductId })
    }
    const one = await catalog('ListPortfoliosForProduct', { ProductId, PageSize: 2 })
    const two = await catalog('ListPortfoliosForProduct', { ProductId, PageToken: one.NextPageToken })
    assert.deepEqual(
      [one, two].map(page => page.PortfolioDetails?.map(({ DisplayName }) => DisplayName)),
      [['one portfolio', 'two portfolio'], ['three portfolio']],
    )
    assert.equal(two.NextPageToken, undefined)
    const { productId } = made[0]!
    assert.equal((await catalog('ListPortfoliosForProduct', { ProductId: productId })).PortfolioDetails?.length, 1)
  })

  test('an administrator finds all products, filtered, sorted and by pages', async t => {
    const kit = testKit(t)
    const { catalog, clock, admin } = kit
    const made = []
    for (const name of ['Banana tree', 'apple', 'cherry']) {
      made.push(await testProduct(kit, { name, principal: 'arn:aws:iam::111122223333:user/nobody' }))
      clock.advance(1000)
    }
    const names = async (input: Parameters<typeof catalog<'SearchProductsAsAdmin'>>[1], caller = admin) =>
      (await catalog('SearchProductsAsAdmin', input, caller)).ProductViewDetails?.map(
        ({ ProductViewSummary }) => ProductViewSummary!.Name,
      )
    assert.deepEqual(await names({}), ['Banana tree', 'apple', 'cherry'])
    assert.deepEqual(await names({ SortBy: 'Title', SortOrder: 'DESCENDING' }), ['cherry', 'Banana tree', 'apple'])
    assert.deepEqual(await names({ Filters: { FullTextSearch: ['tree'] } }), ['Banana tree'])
    assert.deepEqual(await names({ PortfolioId: made[1]!.portfolioId }), ['apple'])
    const { NextPageToken, ProductViewDetails } = await catalog('SearchProductsAsAdmin', { PageSize: 2 })
    assert.equal(ProductViewDetails?.length, 2)
    assert.equal(ProductViewDetails[0]!.Status, 'CREATED')
    assert.deepEqual(await names({ PageToken: NextPageToken }), ['cherry'])

    const there = testCaller('user/admin', true, '444455556666')
    assert.deepEqual(await names({}, there), [])
    const PortfolioId = made[2]!.portfolioId
    await catalog('CreatePortfolioShare', { PortfolioId, AccountId: '444455556666' })
    await catalog('AcceptPortfolioShare', { PortfolioId }, there)
    assert.deepEqual(await names({}, there), ['cherry'])
    assert.deepEqual(await names({ PortfolioId }, there), ['cherry'])
    assert.deepEqual(await names({ ProductSource: 'ACCOUNT' }, there), [])
  })

  test('budgets are associated by name, shown, listed by page and taken away', async t => {
    const kit = testKit(t)
    const { catalog, alice, clock } = kit
    const { portfolioId, productId } = await testProduct(kit)
    for (const ResourceId of [portfolioId, productId]) {
      for (const BudgetName of ['one', 'two', '__proto__']) {
        await catalog('AssociateBudgetWithResource', { BudgetName, ResourceId })
        clock.advance(1)
      }
    }
    const all = ['one', 'two', '__proto__'].map(BudgetName => ({ BudgetName }))
    assert.deepEqual((await catalog('DescribePortfolio', { Id: portfolioId })).Budgets, all)
    assert.deepEqual((await catalog('DescribeProductAsAdmin', { Id: productId })).Budgets, all)
    assert.deepEqual((await catalog('DescribeProduct', { Id: productId }, alice)).Budgets, all)
    const one = await catalog('ListBudgetsForResource', { ResourceId: productId, PageSize: 2 })
    const two = await catalog('ListBudgetsForResource', { ResourceId: productId, PageToken: one.NextPageToken })
    assert.deepEqual([one.Budgets, two.Budgets, two.NextPageToken], [all.slice(0, 2), all.slice(2), undefined])
    const budget = { BudgetName: 'one', ResourceId: productId }
    await assert.rejects(catalog('AssociateBudgetWithResource', budget), { code: 'DuplicateResourceException' })
    await catalog('DisassociateBudgetFromResource', budget)
    assert.deepEqual((await catalog('ListBudgetsForResource', { ResourceId: productId })).Budgets, all.slice(1))
    await assert.rejects(catalog('DisassociateBudgetFromResource', budget), notFound(/Budget one/))
  })
})
