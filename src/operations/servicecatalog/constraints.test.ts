import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testCaller, testKit, testProduct } from '../testing.ts'
import { resolveLaunchPath } from './launch-path.ts'

const role = 'arn:aws:iam::111122223333:role/Launch'
const stackSet = {
  Version: '2.0',
  Properties: { AccountList: ['111122223333'], RegionList: ['us-east-1'], AdminRole: role, ExecutionRole: 'Exec' },
}

describe('validation', () => {
  test('parameters must have the form of their type', async t => {
    const { catalog } = testKit(t)
    const { portfolioId, productId } = await testProduct({ catalog })
    const cases: readonly [type: string, parameters: string, message: RegExp][] = [
      ['LUNCH', '{}', /Constraint type LUNCH is not one of LAUNCH, /],
      ['constructor', '{}', /Constraint type constructor is not one of/],
      ['LAUNCH', 'RoleArn', /not valid JSON/],
      ['LAUNCH', '[]', /JSON object/],
      ['LAUNCH', '{}', /either RoleArn or LocalRoleName/],
      ['LAUNCH', JSON.stringify({ RoleArn: role, LocalRoleName: 'Launch' }), /either RoleArn or LocalRoleName/],
      ['LAUNCH', '{"RoleArn":"Launch"}', /ARN of an IAM role/],
      ['LAUNCH', '{"RoleARN":"x"}', /Unknown member RoleARN/],
      ['LAUNCH', '{"LocalRoleName":"a/b"}', /name of an IAM role/],
      ['NOTIFICATION', '{"NotificationArns":[]}', /at least one member/],
      ['NOTIFICATION', '{"NotificationArns":["x"]}', /SNS topics/],
      ['RESOURCE_UPDATE', '{"Version":"2.0","Properties":{"TagUpdateOnProvisionedProduct":"YES"}}', /ALLOWED/],
      ['STACKSET', JSON.stringify({ ...stackSet, Version: 2 }), /Version/],
      ['STACKSET', JSON.stringify({ ...stackSet, Properties: { AccountList: ['1'] } }), /12 digits/],
      ['TEMPLATE', '{}', /Rules must be a JSON object/],
      ['TEMPLATE', '{"Rules":{"a":{}}}', /Assertions of rule a/],
      ['TEMPLATE', '{"Rules":{"a":{"Assertions":[{"Assert":{"Fn::Sub":"x"}}]}}}', /Fn::Sub in Assert of rule a/],
    ]
    for (const [Type, Parameters, message] of cases) {
      await assert.rejects(
        catalog('CreateConstraint', { PortfolioId: portfolioId, ProductId: productId, Type, Parameters }),
        { code: 'InvalidParametersException', message },
        `${Type} ${Parameters}`,
      )
    }
  })

  test('the product must be in the portfolio', async t => {
    const { catalog } = testKit(t)
    const one = await testProduct({ catalog })
    const two = await testProduct({ catalog })
    const create = (PortfolioId: string, ProductId: string) =>
      catalog('CreateConstraint', { PortfolioId, ProductId, Type: 'LAUNCH', Parameters: '{"LocalRoleName":"L"}' })
    const notFound = (message: RegExp) => ({ code: 'ResourceNotFoundException', message })
    await assert.rejects(create('port-x', one.productId), notFound(/Portfolio port-x not found/))
    await assert.rejects(create(one.portfolioId, 'prod-x'), notFound(/Product prod-x not found/))
    await assert.rejects(create(one.portfolioId, two.productId), notFound(/is not in portfolio/))
  })
})

describe('functionality', () => {
  test('a constraint is created, described, and in the launch path from then on', async t => {
    const { catalog, alice, services } = testKit(t)
    const { portfolioId, productId } = await testProduct({ catalog })
    const Parameters = JSON.stringify({ RoleArn: role })
    const made = await catalog('CreateConstraint', {
      PortfolioId: portfolioId,
      ProductId: productId,
      Type: 'LAUNCH',
      Description: 'as Launch',
      Parameters,
    })
    assert.equal(made.Status, 'CREATING')
    assert.equal(made.ConstraintDetail?.Owner, '111122223333')
    const described = await catalog('DescribeConstraint', { Id: made.ConstraintDetail!.ConstraintId! })
    assert.deepEqual(described, { ...made, Status: 'AVAILABLE' })

    const paths = await catalog('ListLaunchPaths', { ProductId: productId }, alice)
    assert.deepEqual(paths.LaunchPathSummaries, [
      {
        Id: portfolioId.replace('port-', 'lpv3-'),
        ConstraintSummaries: [{ Type: 'LAUNCH', Description: 'as Launch' }],
        Tags: [],
        Name: 'shop portfolio',
      },
    ])
    const path = await resolveLaunchPath(services.storage, alice, productId, {})
    assert.equal(path.portfolioId, portfolioId)
    assert.deepEqual(
      path.constraints.map(({ parameters }) => parameters),
      [Parameters],
    )
  })

  test('of LAUNCH, STACKSET and RESOURCE_UPDATE there is one, and the first two exclude each other', async t => {
    const { catalog } = testKit(t)
    const { portfolioId, productId } = await testProduct({ catalog })
    const create = (Type: string, parameters: object) =>
      catalog('CreateConstraint', {
        PortfolioId: portfolioId,
        ProductId: productId,
        Type,
        Parameters: JSON.stringify(parameters),
      })
    const update = { Version: '2.0', Properties: { TagUpdateOnProvisionedProduct: 'ALLOWED' } }
    const duplicate = { code: 'DuplicateResourceException' }
    await create('LAUNCH', { LocalRoleName: 'Launch' })
    await assert.rejects(create('LAUNCH', { RoleArn: role }), duplicate)
    await assert.rejects(create('STACKSET', stackSet), duplicate)
    await create('RESOURCE_UPDATE', update)
    await assert.rejects(create('RESOURCE_UPDATE', update), duplicate)
    const rules = (name: string) => ({ Rules: { [name]: { Assertions: [{ Assert: true }] } } })
    await create('TEMPLATE', rules('one'))
    await create('TEMPLATE', rules('two'))
  })

  test('provisioning parameters come with the constraints and the instructions they lead to', async t => {
    const asked: string[] = []
    const { catalog, alice, admin } = testKit(t, {
      parameters: async (_product, artifact) => {
        asked.push(artifact.detail.Id)
        return [{ ParameterKey: 'Size', ParameterType: 'String' }]
      },
    })
    const { portfolioId, productId, artifactId } = await testProduct({ catalog })
    for (const [Type, parameters] of [
      ['LAUNCH', { LocalRoleName: 'Launch' }],
      ['RESOURCE_UPDATE', { Version: '2.0', Properties: { TagUpdateOnProvisionedProduct: 'ALLOWED' } }],
      ['TEMPLATE', { Rules: { small: { Assertions: [{ Assert: true }] } } }],
    ] as const) {
      const Parameters = JSON.stringify(parameters)
      await catalog('CreateConstraint', { PortfolioId: portfolioId, ProductId: productId, Type, Parameters })
    }
    const named = { ProductName: 'shop', ProvisioningArtifactName: 'v1', PathName: 'shop portfolio' }
    const answer = await catalog('DescribeProvisioningParameters', named, alice)
    assert.deepEqual(asked, [artifactId])
    assert.deepEqual(answer.ProvisioningArtifactParameters, [{ ParameterKey: 'Size', ParameterType: 'String' }])
    assert.deepEqual(
      new Set(answer.ConstraintSummaries?.map(({ Type }) => Type)),
      new Set(['LAUNCH', 'RESOURCE_UPDATE', 'TEMPLATE']),
    )
    assert.deepEqual(answer.UsageInstructions, [
      { Type: 'rules', Value: '{"small":{"Assertions":[{"Assert":true}]}}' },
      { Type: 'launchAsRole', Value: role },
      { Type: 'tagUpdateOnProvisionedProduct', Value: 'ALLOWED' },
    ])
    const bob = testCaller('user/bob')
    const byId = { ProductId: productId, ProvisioningArtifactId: artifactId }
    await assert.rejects(catalog('DescribeProvisioningParameters', named, bob), {
      code: 'ResourceNotFoundException',
      message: 'Product with name shop not found.',
    })
    for (const caller of [bob, admin]) {
      await assert.rejects(catalog('DescribeProvisioningParameters', byId, caller), {
        code: 'ResourceNotFoundException',
        message: `No launch paths found for resource: ${productId}`,
      })
    }
  })

  test('with two paths one must be named', async t => {
    const { catalog, alice } = testKit(t)
    const { productId, artifactId } = await testProduct({ catalog })
    const other = await testProduct({ catalog }, { name: 'other' })
    await catalog('AssociateProductWithPortfolio', { PortfolioId: other.portfolioId, ProductId: productId })
    const describe = (more: object) =>
      catalog(
        'DescribeProvisioningParameters',
        { ProductId: productId, ProvisioningArtifactId: artifactId, ...more },
        alice,
      )
    const pathId = other.portfolioId.replace('port-', 'lpv3-')
    await assert.rejects(describe({}), { code: 'InvalidParametersException', message: new RegExp(pathId) })
    await assert.rejects(describe({ PathId: 'lpv3-x' }), { code: 'ResourceNotFoundException' })
    assert.deepEqual((await describe({ PathId: pathId })).ConstraintSummaries, [])
    const pages = [await catalog('ListLaunchPaths', { ProductId: productId, PageSize: 1 }, alice)]
    pages.push(await catalog('ListLaunchPaths', { ProductId: productId, PageToken: pages[0]!.NextPageToken }, alice))
    assert.deepEqual(
      new Set(pages.flatMap(page => page.LaunchPathSummaries!.map(({ Name }) => Name))),
      new Set(['shop portfolio', 'other portfolio']),
    )
  })

  test('a TEMPLATE constraint refuses parameters in the words of its author', async t => {
    const { catalog, alice } = testKit(t, {
      parameters: async () => [
        { ParameterKey: 'Stage', ParameterType: 'String' },
        { ParameterKey: 'Size', ParameterType: 'String', DefaultValue: 'large' },
      ],
    })
    const { portfolioId, productId, artifactId } = await testProduct({ catalog })
    const AssertDescription = 'Tests are small.'
    const rule = {
      RuleCondition: { 'Fn::Equals': [{ Ref: 'Stage' }, 'test'] },
      Assertions: [{ Assert: { 'Fn::Contains': [['small'], { Ref: 'Size' }] }, AssertDescription }],
    }
    await catalog('CreateConstraint', {
      PortfolioId: portfolioId,
      ProductId: productId,
      Type: 'TEMPLATE',
      Parameters: JSON.stringify({ Rules: { small: rule } }),
    })
    const asked = (Stage: string, Size?: string) => ({
      ProductId: productId,
      ProvisioningArtifactId: artifactId,
      ProvisioningParameters: Object.entries({ Stage, ...(Size && { Size }) }).map(([Key, Value]) => ({ Key, Value })),
    })
    const launch = (name: string, Stage: string, Size?: string) => {
      const names = { ProvisionedProductName: name, ProvisionToken: name }
      return catalog('ProvisionProduct', { ...asked(Stage, Size), ...names }, alice)
    }
    const refused = { code: 'InvalidParametersException', message: AssertDescription }
    await assert.rejects(launch('one', 'test', 'huge'), refused)
    // The default counts as well.
    await assert.rejects(launch('one', 'test'), refused)
    await launch('one', 'test', 'small')
    const { RecordDetail } = await launch('two', 'prod')
    await assert.rejects(
      catalog(
        'UpdateProvisionedProduct',
        { ...asked('test'), ProvisionedProductId: RecordDetail!.ProvisionedProductId!, UpdateToken: 'update' },
        alice,
      ),
      refused,
    )
    await assert.rejects(
      catalog(
        'CreateProvisionedProductPlan',
        {
          ...asked('test', 'huge'),
          PlanName: 'plan',
          PlanType: 'CLOUDFORMATION',
          ProvisionedProductName: 'three',
          IdempotencyToken: 'plan',
        },
        alice,
      ),
      refused,
    )
    const { ProvisionedProducts } = await catalog('ScanProvisionedProducts', {}, alice)
    assert.deepEqual(ProvisionedProducts?.map(({ Name }) => Name).toSorted(), ['one', 'two'])
  })

  test('a rule may ask for attributes of what a parameter names, as the launch role', async t => {
    const kit = testKit(t, {
      parameters: async () => [{ ParameterKey: 'Subnet', ParameterType: 'AWS::EC2::Subnet::Id' }],
    })
    const { catalog, alice, services } = kit
    const { portfolioId, productId, artifactId } = await testProduct({ catalog })
    const Assert = { 'Fn::Equals': [{ 'Fn::ValueOf': ['Subnet', 'VpcId'] }, 'vpc-1'] }
    const rule = { Assertions: [{ Assert, AssertDescription: 'Not in our VPC.' }] }
    for (const [Type, parameters] of [
      ['TEMPLATE', { Rules: { inside: rule } }],
      ['LAUNCH', { RoleArn: role }],
    ] as const) {
      const Parameters = JSON.stringify(parameters)
      await catalog('CreateConstraint', { PortfolioId: portfolioId, ProductId: productId, Type, Parameters })
    }
    const asked: unknown[] = []
    t.mock.method(
      services.ruleAttributes,
      'lookUp',
      async (_: unknown, roleArn: string, attributes: { id: string }[]) => {
        asked.push([roleArn, attributes])
        return attributes.map(({ id }) => (id === 's-1' ? 'vpc-1' : 'vpc-2'))
      },
    )
    const launch = (name: string, Value: string) => {
      const names = { ProvisionedProductName: name, ProvisionToken: name }
      const ids = { ProductId: productId, ProvisioningArtifactId: artifactId }
      return catalog(
        'ProvisionProduct',
        { ...ids, ...names, ProvisioningParameters: [{ Key: 'Subnet', Value }] },
        alice,
      )
    }
    await launch('one', 's-1')
    await assert.rejects(launch('two', 's-2'), { code: 'InvalidParametersException', message: 'Not in our VPC.' })
    assert.deepEqual(asked[0], [role, [{ type: 'AWS::EC2::Subnet::Id', id: 's-1', name: 'VpcId' }]])
  })

  describe('STACKSET', () => {
    const Properties = {
      AccountList: ['111122223333', '444455556666'],
      RegionList: ['us-east-1', 'eu-west-1'],
      AdminRole: role,
      ExecutionRole: 'Exec',
    }

    async function stackSetProduct(t: Parameters<typeof testKit>[0]) {
      const kit = testKit(t)
      const { catalog, alice, services } = kit
      const { portfolioId } = await testProduct({ catalog })
      const { ProductViewDetail, ProvisioningArtifactDetail } = await catalog('CreateProduct', {
        Name: 'stacks',
        Owner: 'IT',
        ProductType: 'CLOUD_FORMATION_TEMPLATE',
        ProvisioningArtifactParameters: { Name: 'v1', Info: { LoadTemplateFromURL: 'https://example.com/v1' } },
      })
      const ProductId = ProductViewDetail!.ProductViewSummary!.ProductId!
      await catalog('AssociateProductWithPortfolio', { PortfolioId: portfolioId, ProductId })
      await catalog('CreateConstraint', {
        PortfolioId: portfolioId,
        ProductId,
        Type: 'STACKSET',
        Parameters: JSON.stringify({ Version: '2.0', Properties }),
      })
      const product = { ProductId, ProvisioningArtifactId: ProvisioningArtifactDetail!.Id! }
      const launch = async (name: string, ProvisioningPreferences?: object) => {
        const names = { ProvisionedProductName: name, ProvisionToken: name }
        const { RecordDetail } = await catalog(
          'ProvisionProduct',
          { ...product, ...names, ProvisioningPreferences },
          alice,
        )
        return services.storage.records.get(alice.scope, RecordDetail!.RecordId!)
      }
      return { ...kit, portfolioId, product, launch }
    }

    test('what the caller leaves out comes from the constraint, and all of it reaches the engine', async t => {
      const { launch, product, catalog, alice } = await stackSetProduct(t)
      const { ProvisioningArtifactPreferences } = await catalog('DescribeProvisioningParameters', product, alice)
      const all = { StackSetAccounts: Properties.AccountList, StackSetRegions: Properties.RegionList }
      assert.deepEqual(ProvisioningArtifactPreferences, all)
      const record = await launch('everywhere')
      assert.equal(record?.detail.ProvisionedProductType, 'CFN_STACKSET')
      assert.deepEqual(record?.request.provisioningPreferences, {
        ...all,
        StackSetFailureToleranceCount: 0,
        StackSetMaxConcurrencyCount: 1,
      })
      assert.deepEqual(record?.request.stackSetRoles, { adminRoleArn: role, executionRoleName: 'Exec' })
      assert.deepEqual(record?.request.tags, [])
      const asked = {
        StackSetAccounts: ['444455556666'],
        StackSetRegions: ['eu-west-1'],
        StackSetFailureTolerancePercentage: 10,
        StackSetMaxConcurrencyPercentage: 50,
      }
      assert.deepEqual((await launch('somewhere', asked))?.request.provisioningPreferences, asked)
    })

    test('preferences keep to the constraint and to one way of counting', async t => {
      const { launch } = await stackSetProduct(t)
      const rows: [preferences: object, message: RegExp][] = [
        [
          { StackSetAccounts: ['999999999999'] },
          /StackSetAccounts \[999999999999\] are not in the STACKSET constraint/,
        ],
        [{ StackSetRegions: ['us-east-1', 'mars'] }, /StackSetRegions \[mars\] are not/],
        [
          { StackSetFailureToleranceCount: 1, StackSetFailureTolerancePercentage: 1 },
          /either StackSetFailureToleranceCount or StackSetFailureTolerancePercentage, but not both/,
        ],
        [
          { StackSetMaxConcurrencyCount: 1, StackSetMaxConcurrencyPercentage: 1 },
          /either StackSetMaxConcurrencyCount or StackSetMaxConcurrencyPercentage, but not both/,
        ],
        [{ StackSetMaxConcurrencyCount: 2 }, /at most one more than StackSetFailureToleranceCount, which is 0/],
      ]
      for (const [preferences, message] of rows) {
        await assert.rejects(launch('wrong', preferences), { code: 'InvalidParametersException', message })
      }
    })

    test('preferences without the constraint are refused', async t => {
      const { catalog, alice } = testKit(t)
      const { productId, artifactId } = await testProduct({ catalog })
      const input = {
        ProductId: productId,
        ProvisioningArtifactId: artifactId,
        ProvisionedProductName: 'one',
        ProvisionToken: 'one',
        ProvisioningPreferences: { StackSetRegions: ['us-east-1'] },
      }
      await assert.rejects(catalog('ProvisionProduct', input, alice), {
        code: 'InvalidParametersException',
        message: /for provisioned products of type CFN_STACKSET; this one is of type EXTERNAL/,
      })
    })
  })
})
