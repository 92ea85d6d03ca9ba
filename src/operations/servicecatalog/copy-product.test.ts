import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type TestKit, testCaller, testKit, testProduct } from '../testing.ts'

const invalid = (message: RegExp) => ({ code: 'InvalidParametersException', message })
const notFound = (message: RegExp) => ({ code: 'ResourceNotFoundException', message })
const arn = (id: string, region = 'us-east-1', account = '111122223333') =>
  `arn:aws:catalog:${region}:${account}:product/${id}`

async function addVersion({ catalog }: Pick<TestKit, 'catalog'>, ProductId: string, Name: string): Promise<string> {
  const { ProvisioningArtifactDetail } = await catalog('CreateProvisioningArtifact', {
    ProductId,
    Parameters: { Name, Info: { LoadTemplateFromURL: `https://example.com/${Name}` } },
  })
  return ProvisioningArtifactDetail!.Id!
}

describe('validation', () => {
  test('source, versions and target must be there and fit', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const { productId } = await testProduct(kit)
    const SourceProductArn = arn(productId)
    const copy = (more: object) => catalog('CopyProduct', { SourceProductArn, ...more })
    await assert.rejects(copy({ SourceProductArn: 'arn:aws:s3:::bucket' }), invalid(/not the ARN of a product/))
    await assert.rejects(copy({ SourceProductArn: arn('prod-x') }), notFound(/prod-x/))
    await assert.rejects(copy({ SourceProductArn: arn(productId, 'eu-west-1') }), notFound(/eu-west-1/))
    await assert.rejects(copy({ SourceProductArn: arn(productId, undefined, '999999999999') }), notFound(/9999/))
    await assert.rejects(copy({ TargetProductId: 'prod-x' }), notFound(/prod-x/))
    await assert.rejects(copy({ TargetProductId: productId, TargetProductName: 'n' }), invalid(/leave it out/))
    await assert.rejects(copy({ SourceProvisioningArtifactIdentifiers: [{ Id: 'pa-x' }] }), notFound(/pa-x/))
    await assert.rejects(copy({ SourceProvisioningArtifactIdentifiers: [{}] }), invalid(/needs an Id/))
    const { ProductViewDetail } = await catalog('CreateProduct', {
      Name: 'cloud',
      Owner: 'IT',
      ProductType: 'TERRAFORM_CLOUD',
      ProvisioningArtifactParameters: { Info: { LoadTemplateFromURL: 'https://example.com/t' } },
    })
    const TargetProductId = ProductViewDetail!.ProductViewSummary!.ProductId
    await assert.rejects(
      copy({ TargetProductId }),
      invalid(/of type EXTERNAL cannot be copied to one of type TERRAFORM/),
    )
    await assert.rejects(catalog('DescribeCopyProductStatus', { CopyProductToken: 'copyproduct-x' }), notFound(/-x/))
  })
})

describe('functionality', () => {
  test('a new product gets all versions, in their order and with what was said of them', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const { productId, artifactId } = await testProduct(kit)
    // All at one moment: only the copies' own times can keep the order.
    kit.clock.advance(1)
    await catalog('UpdateProvisioningArtifact', {
      ProductId: productId,
      ProvisioningArtifactId: artifactId,
      Description: 'the first',
      Guidance: 'DEPRECATED',
    })
    for (let i = 2; i <= 12; i++) {
      await addVersion(kit, productId, `v${i}`)
      kit.clock.advance(1)
    }
    await catalog('UpdateProduct', { Id: productId, AddTags: [{ Key: 'bellhop:engine', Value: 'e' }] })
    const input = {
      SourceProductArn: arn(productId),
      TargetProductName: 'copied',
      CopyOptions: ['CopyTags'],
      IdempotencyToken: 'once',
    } as const
    const { CopyProductToken } = await catalog('CopyProduct', input)
    assert.match(CopyProductToken!, /^copyproduct-[a-z2-7]{13}$/)
    assert.deepEqual(await catalog('CopyProduct', input), { CopyProductToken })
    await assert.rejects(catalog('CopyProduct', { ...input, TargetProductName: 'other' }), invalid(/used before/))

    const { CopyProductStatus, TargetProductId } = await catalog('DescribeCopyProductStatus', {
      CopyProductToken: CopyProductToken!,
    })
    assert.equal(CopyProductStatus, 'SUCCEEDED')
    const { ProductViewDetail, Tags } = await catalog('DescribeProductAsAdmin', { Id: TargetProductId })
    assert.equal(ProductViewDetail!.ProductARN, arn(TargetProductId!))
    const { Name, Type, Owner } = ProductViewDetail!.ProductViewSummary!
    assert.deepEqual([Name, Type, Owner], ['copied', 'EXTERNAL', 'IT'])
    assert.deepEqual(Tags, [{ Key: 'bellhop:engine', Value: 'e' }])
    const versions = async (ProductId: string) =>
      (await catalog('ListProvisioningArtifacts', { ProductId })).ProvisioningArtifactDetails!
    const copies = await versions(TargetProductId!)
    const originals = await versions(productId)
    const bare = (details: typeof copies) => details.map(({ Id: _, CreatedTime: __, ...rest }) => rest)
    assert.deepEqual(bare(copies), bare(originals))
    assert.equal(new Set([...copies, ...originals].map(({ Id }) => Id)).size, 24)
    const { Info } = await catalog('DescribeProvisioningArtifact', { ProvisioningArtifactId: copies[11]!.Id })
    assert.deepEqual(Info, { TemplateUrl: 'https://example.com/v12' })
    // One product came of two calls, and it can be found by its source.
    const found = await catalog('SearchProductsAsAdmin', { Filters: { SourceProductId: [productId] } })
    assert.deepEqual(
      found.ProductViewDetails?.map(({ ProductViewSummary }) => ProductViewSummary!.ProductId),
      [TargetProductId],
    )
  })

  test('chosen versions go to a product that is there, which keeps what it has', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const source = await testProduct(kit)
    const target = await testProduct(kit, { name: 'target' })
    const v2 = await addVersion(kit, source.productId, 'v2')
    await catalog('UpdateProduct', { Id: source.productId, AddTags: [{ Key: 'a', Value: '1' }] })
    kit.clock.advance(1000)
    const { CopyProductToken } = await catalog('CopyProduct', {
      SourceProductArn: arn(source.productId),
      TargetProductId: target.productId,
      SourceProvisioningArtifactIdentifiers: [{ Id: v2 }, { Id: v2 }],
    })
    const status = await catalog('DescribeCopyProductStatus', { CopyProductToken: CopyProductToken! })
    assert.deepEqual(status, { CopyProductStatus: 'SUCCEEDED', TargetProductId: target.productId })
    const { ProductViewDetail, ProvisioningArtifactSummaries, Tags } = await catalog('DescribeProductAsAdmin', {
      Id: target.productId,
    })
    assert.equal(ProductViewDetail!.ProductViewSummary!.Name, 'target')
    assert.deepEqual(
      ProvisioningArtifactSummaries?.map(({ Name }) => Name),
      ['v1', 'v2'],
    )
    assert.deepEqual(Tags, [])
  })

  test('a copy that finds no room has FAILED and leaves nothing behind', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const { productId } = await testProduct(kit)
    for (let i = 2; i <= 51; i++) await addVersion(kit, productId, `v${i}`)
    const input = { SourceProductArn: arn(productId), TargetProductId: productId }
    const { CopyProductToken } = await catalog('CopyProduct', input)
    const status = await catalog('DescribeCopyProductStatus', { CopyProductToken: CopyProductToken! })
    assert.equal(status.CopyProductStatus, 'FAILED')
    assert.match(status.StatusDetail!, /limit of 100 provisioning artifacts/)
    assert.equal(status.TargetProductId, undefined)
    const { ProvisioningArtifactDetails } = await catalog('ListProvisioningArtifacts', { ProductId: productId })
    assert.equal(ProvisioningArtifactDetails?.length, 51)
  })

  test('a product is copied from another region, and from another account that shares it', async t => {
    const kit = testKit(t)
    const { catalog, admin } = kit
    const { portfolioId, productId } = await testProduct(kit)
    const paris = { ...admin, scope: { ...admin.scope, region: 'eu-west-3' } }
    const there = testCaller('user/admin', true, '444455556666')
    const copy = async (caller: typeof admin) => {
      const { CopyProductToken } = await catalog('CopyProduct', { SourceProductArn: arn(productId) }, caller)
      const { TargetProductId: Id } = await catalog(
        'DescribeCopyProductStatus',
        { CopyProductToken: CopyProductToken! },
        caller,
      )
      return (await catalog('DescribeProductAsAdmin', { Id }, caller)).ProductViewDetail!
    }
    assert.match((await copy(paris)).ProductARN!, /^arn:aws:catalog:eu-west-3:111122223333:product\//)
    await assert.rejects(copy(there), notFound(new RegExp(productId)))
    await catalog('CreatePortfolioShare', { PortfolioId: portfolioId, AccountId: '444455556666' })
    await catalog('AcceptPortfolioShare', { PortfolioId: portfolioId }, there)
    assert.match((await copy(there)).ProductARN!, /^arn:aws:catalog:us-east-1:444455556666:product\//)
  })
})
