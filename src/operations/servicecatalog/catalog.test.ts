import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { services as models } from '../../model/services.ts'
import { operations } from '../index.ts'
import { testCaller, testDocument, testKit, testProduct } from '../testing.ts'

const external = (name: string, more: object = {}) =>
  ({
    Name: name,
    Owner: 'IT',
    ProductType: 'EXTERNAL',
    ProvisioningArtifactParameters: { Name: 'v1', Info: { LoadTemplateFromURL: 'https://example.com/v1' } },
    ...more,
  }) as const
const invalid = (message: RegExp) => ({ code: 'InvalidParametersException', message })
const notFound = (message: RegExp) => ({ code: 'ResourceNotFoundException', message })

test('every operation of every model has a row', () => {
  for (const [service, table] of Object.entries(operations)) {
    const known = Object.keys(models[service as keyof typeof models].operations)
    assert.deepEqual(Object.keys(table).sort(), known.sort())
  }
  assert.equal(Object.keys(operations.servicecatalog).length, 90)
})

describe('validation', () => {
  test('a product needs an artifact that can be read and that is of its type', async t => {
    const { catalog } = testKit(t)
    const artifact = (parameters: object) =>
      catalog('CreateProduct', external('p', { ProvisioningArtifactParameters: parameters }))
    const url = { LoadTemplateFromURL: 'https://example.com/t' }
    const stack = { ImportFromPhysicalId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/s/1' }
    await assert.rejects(artifact({}), invalid(/exactly one/))
    await assert.rejects(artifact({ Info: { ...url, ...stack } }), invalid(/exactly one/))
    await assert.rejects(artifact({ Info: { TemplateUrl: 'https://example.com/t' } }), invalid(/exactly one/))
    await assert.rejects(artifact({ Info: JSON.parse('{"__proto__": "x"}') }), invalid(/exactly one/))
    await assert.rejects(artifact({ Info: { LoadTemplateFromURL: 'not an address' } }), invalid(/absolute URL/))
    await assert.rejects(artifact({ Info: stack }), invalid(/CLOUD_FORMATION_TEMPLATE products only/))
    await assert.rejects(artifact({ Info: url, Type: 'TERRAFORM_CLOUD' }), invalid(/TERRAFORM_CLOUD cannot belong/))
    await assert.rejects(
      catalog('CreateProduct', external('p', { ProductType: 'MARKETPLACE' })),
      invalid(/MARKETPLACE cannot be created/),
    )
    await assert.rejects(
      catalog('CreateProduct', external('p', { ProvisioningArtifactParameters: undefined })),
      invalid(/ProvisioningArtifactParameters is required/),
    )
    await assert.rejects(
      catalog('CreateProduct', external('p', { SourceConnection: { ConnectionParameters: {} } })),
      invalid(/SourceConnection is not supported/),
    )
  })

  test('what is not there is ResourceNotFoundException, with its id in the text', async t => {
    const { catalog } = testKit(t)
    const { portfolioId, productId } = await testProduct({ catalog })
    const info = { Info: { LoadTemplateFromURL: 'https://example.com/t' } }
    for (const call of [
      () => catalog('DescribePortfolio', { Id: 'port-x' }),
      () => catalog('DescribeProductAsAdmin', { Id: 'prod-x' }),
      () => catalog('DescribeProductAsAdmin', { Name: 'prod-x' }),
      () => catalog('DescribeProductAsAdmin', { Id: productId, SourcePortfolioId: 'port-x' }),
      () => catalog('DescribeProduct', { Id: 'prod-x' }),
      () => catalog('CreateProvisioningArtifact', { ProductId: 'prod-x', Parameters: info }),
      () => catalog('ListProvisioningArtifacts', { ProductId: 'prod-x' }),
      () => catalog('DescribeProvisioningArtifact', { ProvisioningArtifactId: 'pa-x' }),
      () => catalog('DescribeProvisioningArtifact', { ProductId: productId, ProvisioningArtifactId: 'pa-x' }),
      () => catalog('AssociateProductWithPortfolio', { ProductId: 'prod-x', PortfolioId: portfolioId }),
      () => catalog('AssociateProductWithPortfolio', { ProductId: productId, PortfolioId: 'port-x' }),
      () =>
        catalog('AssociatePrincipalWithPortfolio', {
          PortfolioId: 'port-x',
          PrincipalARN: 'arn:aws:iam::111122223333:user/alice',
          PrincipalType: 'IAM',
        }),
      () => catalog('DescribeConstraint', { Id: 'cons-x' }),
      () => catalog('ListLaunchPaths', { ProductId: 'prod-x' }),
    ]) {
      await assert.rejects(call(), notFound(/(port|prod|pa|cons)-x/))
    }
  })

  test('a principal is a whole ARN, and a pattern one without account', async t => {
    const { catalog } = testKit(t)
    const { portfolioId } = await testProduct({ catalog })
    const associate = (PrincipalARN: string, PrincipalType: 'IAM' | 'IAM_PATTERN') =>
      catalog('AssociatePrincipalWithPortfolio', { PortfolioId: portfolioId, PrincipalARN, PrincipalType })
    for (const [arn, type] of [
      ['alice', 'IAM'],
      ['arn:aws:iam::111122223333:user/*', 'IAM'],
      ['arn:aws:sts::111122223333:assumed-role/Dev/alice', 'IAM'],
      ['arn:aws:iam::111122223333:user/a*', 'IAM_PATTERN'],
      ['arn:aws:iam:::*', 'IAM_PATTERN'],
    ] as const) {
      await assert.rejects(associate(arn, type), invalid(/Invalid PrincipalARN/))
    }
    await associate('arn:aws:iam:::user/a*', 'IAM_PATTERN')
  })

  test('a page token that is not ours is refused', async t => {
    const { catalog } = testKit(t)
    for (const PageToken of ['x', Buffer.from('[{},"a"]').toString('base64url')]) {
      await assert.rejects(catalog('ListPortfolios', { PageToken }), invalid(/page token/))
      await assert.rejects(catalog('SearchProducts', { PageToken }), invalid(/page token/))
    }
  })
})

describe('functionality', () => {
  test('a product is described to administrators with its versions, and to others through their paths', async t => {
    const { catalog, alice } = testKit(t)
    const { portfolioId, productId, artifactId } = await testProduct({ catalog })
    const { ProvisioningArtifactDetail: second, ...made } = await catalog('CreateProvisioningArtifact', {
      ProductId: productId,
      Parameters: { Name: 'v2', Description: 'better', Info: { LoadTemplateFromURL: 'https://example.com/v2' } },
    })
    assert.deepEqual(made, { Info: { TemplateUrl: 'https://example.com/v2' }, Status: 'CREATING' })
    assert.equal(second?.Type, 'EXTERNAL')

    const admin = await catalog('DescribeProductAsAdmin', { Name: 'shop', SourcePortfolioId: portfolioId })
    assert.equal(admin.ProductViewDetail?.Status as string, 'CREATED')
    assert.equal(admin.ProductViewDetail?.ProductARN, `arn:aws:catalog:us-east-1:111122223333:product/${productId}`)
    assert.equal(admin.ProductViewDetail?.ProductViewSummary?.Id, productId.replace('prod-', 'prodview-'))
    assert.deepEqual(new Set(admin.ProvisioningArtifactSummaries?.map(({ Name }) => Name)), new Set(['v1', 'v2']))

    const seen = await catalog('DescribeProduct', { Id: productId }, alice)
    assert.deepEqual(seen.LaunchPaths, [{ Id: portfolioId.replace('port-', 'lpv3-'), Name: 'shop portfolio' }])
    assert.equal(seen.ProvisioningArtifacts?.length, 2)
    // Not yours and not there answer alike.
    for (const Id of [productId, 'prod-x']) {
      await assert.rejects(catalog('DescribeProduct', { Id }, testCaller('user/bob')), {
        code: 'ResourceNotFoundException',
        message: `No launch paths found for resource: ${Id}`,
      })
    }
    await assert.rejects(catalog('DescribeProduct', { Id: productId }), notFound(/No launch paths found/))

    const described = await catalog('DescribeProvisioningArtifact', { ProvisioningArtifactId: artifactId })
    assert.deepEqual(described.Info, { TemplateUrl: 'https://example.com/v1' })
    assert.equal(described.Status, 'AVAILABLE')
    assert.equal(described.ProvisioningArtifactParameters, undefined)
    const byName = await catalog('DescribeProvisioningArtifact', {
      ProductName: 'shop',
      ProvisioningArtifactName: 'v2',
      IncludeProvisioningArtifactParameters: true,
    })
    assert.equal(byName.ProvisioningArtifactDetail?.Id, second?.Id)
    assert.deepEqual(byName.ProvisioningArtifactParameters, [])
    const { ProvisioningArtifactDetails } = await catalog('ListProvisioningArtifacts', { ProductId: productId })
    assert.equal(ProvisioningArtifactDetails?.length, 2)
  })

  test('what is made has every member that was given', async t => {
    const { catalog, documents } = testKit(t)
    const Tags = [{ Key: '__proto__', Value: 'v' }]
    const portfolio = { DisplayName: 'p', ProviderName: 'IT', Description: 'd' }
    const { PortfolioDetail } = await catalog('CreatePortfolio', { ...portfolio, Tags, AcceptLanguage: 'en' })
    const shown = await catalog('DescribePortfolio', { Id: PortfolioDetail!.Id! })
    assert.deepEqual({ ...shown.PortfolioDetail, ...portfolio }, shown.PortfolioDetail)
    assert.deepEqual(shown.Tags, Tags)

    const support = {
      Distributor: 'D',
      SupportDescription: 'S',
      SupportEmail: 's@example.com',
      SupportUrl: 'https://s',
    }
    const product = await catalog('CreateProduct', external('p', { ...support, Description: 'short', Tags }))
    const { ProductId } = product.ProductViewDetail!.ProductViewSummary!
    const { ProductViewDetail, Tags: tags } = await catalog('DescribeProductAsAdmin', { Id: ProductId })
    const summary = ProductViewDetail!.ProductViewSummary
    assert.deepEqual({ ...summary, ...support, ShortDescription: 'short' }, summary)
    assert.deepEqual(tags, Tags)

    const { ProvisioningArtifactDetail } = await catalog('CreateProvisioningArtifact', {
      ProductId: ProductId!,
      Parameters: {
        Name: 'v2',
        Description: 'second',
        Type: 'EXTERNAL',
        Info: { LoadTemplateFromURL: 'https://example.com/v2' },
        DisableTemplateValidation: true,
      },
    })
    assert.deepEqual([ProvisioningArtifactDetail?.Name, ProvisioningArtifactDetail?.Description], ['v2', 'second'])
    await documents('CreateDocument', { Name: 'Resize', Content: testDocument, DocumentFormat: 'YAML' })
    const { ServiceActionDetail } = await catalog('CreateServiceAction', {
      Name: 'a',
      Description: 'what it does',
      DefinitionType: 'SSM_AUTOMATION',
      Definition: { Name: 'Resize', Version: '1' },
    })
    assert.equal(ServiceActionDetail?.ServiceActionSummary?.Description, 'what it does')
  })

  test('a name that several have is refused with their ids', async t => {
    const { catalog, alice } = testKit(t)
    const { productId, artifactId } = await testProduct({ catalog })
    const second = await catalog('CreateProvisioningArtifact', {
      ProductId: productId,
      Parameters: { Name: 'v1', Info: { LoadTemplateFromURL: 'https://example.com/v1' } },
    })
    await assert.rejects(
      catalog('DescribeProvisioningArtifact', { ProductId: productId, ProvisioningArtifactName: 'v1' }),
      (error: Error) =>
        error.message.startsWith('Multiple Provisioning Artifact with name v1 found.') &&
        error.message.includes(artifactId) &&
        error.message.includes(second.ProvisioningArtifactDetail!.Id!),
    )
    // A product of the same name that alice cannot reach does not get in her way, nor does she learn of it.
    await catalog('CreateProduct', external('shop'))
    assert.equal((await catalog('DescribeProduct', { Name: 'shop' }, alice)).ProductViewSummary?.ProductId, productId)
    await assert.rejects(
      catalog('DescribeProduct', { Name: 'shop' }, testCaller('user/bob')),
      notFound(/with name shop not found/),
    )
    await assert.rejects(catalog('DescribeProduct', { Name: 'shop' }), invalid(/Multiple Product with name shop found/))
    await assert.rejects(catalog('DescribeProduct', {}), invalid(/name or ID, but not both/))
  })

  test('the same token makes one product; with another input it is refused', async t => {
    const { catalog } = testKit(t)
    const [one, two] = await Promise.all([
      catalog('CreateProduct', external('p', { IdempotencyToken: 't' })),
      catalog('CreateProduct', external('p', { IdempotencyToken: 't' })),
    ])
    assert.deepEqual(one, two)
    await assert.rejects(
      catalog('CreateProduct', external('q', { IdempotencyToken: 't' })),
      invalid(/used before with other parameters/),
    )
  })

  test('associating twice changes nothing', async t => {
    const { catalog, alice } = testKit(t)
    const { portfolioId, productId } = await testProduct({ catalog })
    await catalog('AssociateProductWithPortfolio', { PortfolioId: portfolioId, ProductId: productId })
    await catalog('AssociatePrincipalWithPortfolio', {
      PortfolioId: portfolioId,
      PrincipalARN: alice.arn,
      PrincipalType: 'IAM',
    })
    assert.equal((await catalog('ListLaunchPaths', { ProductId: productId }, alice)).LaunchPathSummaries?.length, 1)
  })

  test('a portfolio takes ten patterns', async t => {
    const { catalog } = testKit(t)
    const { portfolioId } = await testProduct({ catalog })
    const associate = (i: number) =>
      catalog('AssociatePrincipalWithPortfolio', {
        PortfolioId: portfolioId,
        PrincipalARN: `arn:aws:iam:::user/a${i}*`,
        PrincipalType: 'IAM_PATTERN',
      })
    for (let i = 0; i < 10; i++) await associate(i)
    await assert.rejects(associate(10), { code: 'LimitExceededException' })
  })

  test('searching finds what the caller can reach, filtered, sorted and by pages', async t => {
    const { catalog, alice, clock } = testKit(t)
    for (const name of ['Banana tree', 'apple', 'cherry']) {
      await testProduct({ catalog }, { name })
      clock.advance(1000)
    }
    await testProduct({ catalog }, { name: 'hidden', principal: 'arn:aws:iam::111122223333:user/bob' })
    const names = async (input: Parameters<typeof catalog<'SearchProducts'>>[1]) =>
      (await catalog('SearchProducts', input, alice)).ProductViewSummaries?.map(({ Name }) => Name)

    assert.deepEqual(await names({}), ['Banana tree', 'apple', 'cherry'])
    assert.deepEqual(await names({ SortBy: 'Title' }), ['apple', 'Banana tree', 'cherry'])
    assert.deepEqual(await names({ SortBy: 'CreationDate', SortOrder: 'DESCENDING' }), [
      'cherry',
      'apple',
      'Banana tree',
    ])
    assert.deepEqual(await names({ Filters: { FullTextSearch: ['TREE banana'] } }), ['Banana tree'])
    assert.deepEqual(await names({ Filters: { FullTextSearch: ['banana cherry'] } }), [])
    assert.deepEqual(await names({ Filters: { Owner: ['nobody', 'IT'], ProductType: ['EXTERNAL'] } }), [
      'Banana tree',
      'apple',
      'cherry',
    ])
    assert.deepEqual(await names({ Filters: { ProductType: ['TERRAFORM_CLOUD'] } }), [])
    assert.deepEqual(await names({ Filters: { SourceProductId: ['prod-x'] } }), [])

    const cherry = (await catalog('SearchProducts', { Filters: { FullTextSearch: ['cherry'] } }, alice))
      .ProductViewSummaries![0]!
    await catalog('CreateProvisioningArtifact', {
      ProductId: cherry.ProductId!,
      Parameters: { Info: { LoadTemplateFromURL: 'https://example.com/v2' } },
    })
    assert.equal((await names({ SortBy: 'VersionCount', SortOrder: 'DESCENDING' }))?.[0], 'cherry')

    const one = await catalog('SearchProducts', { PageSize: 2, SortBy: 'Title' }, alice)
    assert.deepEqual(one.ProductViewAggregations, {
      Owner: [{ Value: 'IT', ApproximateCount: 3 }],
      ProductType: [{ Value: 'EXTERNAL', ApproximateCount: 3 }],
    })
    await testProduct({ catalog }, { name: 'aardvark' })
    const two = await catalog('SearchProducts', { PageSize: 2, SortBy: 'Title', PageToken: one.NextPageToken }, alice)
    assert.deepEqual(
      [one, two].map(page => page.ProductViewSummaries?.map(({ Name }) => Name)),
      [['apple', 'Banana tree'], ['cherry']],
    )
    assert.equal(two.NextPageToken, undefined)
    await assert.rejects(
      catalog('SearchProducts', { PageToken: one.NextPageToken, SortBy: 'VersionCount' }, alice),
      invalid(/page token/),
    )
  })

  test('data of one account or region is never seen from another', async t => {
    const { catalog, alice } = testKit(t)
    const { productId } = await testProduct({ catalog })
    const elsewhere = { ...alice, scope: { ...alice.scope, region: 'eu-west-1' } }
    await assert.rejects(catalog('DescribeProduct', { Id: productId }, elsewhere), notFound(/No launch paths/))
    assert.deepEqual((await catalog('SearchProducts', {}, elsewhere)).ProductViewSummaries, [])
  })
})
