import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { succeed, type TestKit, testKit, testProduct } from '../testing.ts'

const invalid = (message: RegExp) => ({ code: 'InvalidParametersException', message })
const notFound = (message: RegExp) => ({ code: 'ResourceNotFoundException', message })

async function option({ catalog }: Pick<TestKit, 'catalog'>, Key: string, Value: string, on?: string): Promise<string> {
  const { TagOptionDetail } = await catalog('CreateTagOption', { Key, Value })
  const id = TagOptionDetail!.Id!
  if (on) await catalog('AssociateTagOptionWithResource', { ResourceId: on, TagOptionId: id })
  return id
}

const text = (tags: readonly { Key?: string; Value?: string }[] = []) =>
  tags.map(({ Key, Value }) => `${Key}=${Value}`).sort()

describe('validation', () => {
  test('what is not there is ResourceNotFoundException', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const { portfolioId } = await testProduct(kit)
    const id = await option(kit, 'g', 'a')
    for (const call of [
      () => catalog('DescribeTagOption', { Id: 'tag-x' }),
      () => catalog('UpdateTagOption', { Id: 'tag-x', Active: false }),
      () => catalog('DeleteTagOption', { Id: 'tag-x' }),
      () => catalog('ListResourcesForTagOption', { TagOptionId: 'tag-x' }),
      () => catalog('AssociateTagOptionWithResource', { ResourceId: portfolioId, TagOptionId: 'tag-x' }),
      () => catalog('AssociateTagOptionWithResource', { ResourceId: 'prod-x', TagOptionId: id }),
      () => catalog('AssociateTagOptionWithResource', { ResourceId: 'cons-x', TagOptionId: id }),
      () => catalog('DisassociateTagOptionFromResource', { ResourceId: portfolioId, TagOptionId: id }),
    ]) {
      await assert.rejects(call(), notFound(/tag-|prod-x|cons-x/))
    }
  })

  test('key and value are there once, and keys of AWS’s own are refused', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const a = await option(kit, 'g', 'a')
    const b = await option(kit, 'g', 'b')
    await assert.rejects(option(kit, 'g', 'a'), { code: 'DuplicateResourceException', message: new RegExp(a) })
    await assert.rejects(catalog('UpdateTagOption', { Id: b, Value: 'a' }), { code: 'DuplicateResourceException' })
    // Its own value is no duplicate.
    await catalog('UpdateTagOption', { Id: b, Value: 'b', Active: false })
    await assert.rejects(option(kit, 'aws:servicecatalog:productArn', 'x'), invalid(/reserved/))
  })

  test('a key has 25 values, and a resource 25 TagOptions', async t => {
    const kit = testKit(t)
    const { catalog } = kit
    const { productId } = await testProduct(kit)
    for (let i = 0; i < 25; i++) await option(kit, 'g', `v${i}`, productId)
    await assert.rejects(option(kit, 'g', 'one more'), { code: 'LimitExceededException' })
    const other = await option(kit, 'h', 'v')
    const associate = catalog('AssociateTagOptionWithResource', { ResourceId: productId, TagOptionId: other })
    await assert.rejects(associate, { code: 'LimitExceededException' })
  })

  test('ListResourcesForTagOption knows two types', async t => {
    const kit = testKit(t)
    const id = await option(kit, 'g', 'a')
    const list = (ResourceType: string) => kit.catalog('ListResourcesForTagOption', { TagOptionId: id, ResourceType })
    await assert.rejects(list('portfolio'), invalid(/Portfolio and Product/))
    await list('Portfolio')
  })
})

describe('functionality', () => {
  test('a TagOption is created, described, changed, listed and deleted', async t => {
    const { catalog, clock } = testKit(t)
    const made = await catalog('CreateTagOption', { Key: 'g', Value: 'a' })
    const Id = made.TagOptionDetail!.Id!
    assert.match(Id, /^tag-[a-z2-7]{13}$/)
    assert.deepEqual(made.TagOptionDetail, { Key: 'g', Value: 'a', Active: true, Id, Owner: '111122223333' })
    assert.deepEqual(await catalog('DescribeTagOption', { Id }), made)
    const changed = { TagOptionDetail: { ...made.TagOptionDetail, Value: 'b', Active: false } }
    assert.deepEqual(await catalog('UpdateTagOption', { Id, Value: 'b', Active: false }), changed)
    assert.deepEqual(await catalog('DescribeTagOption', { Id }), changed)

    for (const Value of ['c', 'd']) {
      clock.advance(1)
      await catalog('CreateTagOption', { Key: Value === 'd' ? 'h' : 'g', Value })
    }
    const values = async (Filters: object) =>
      (await catalog('ListTagOptions', { Filters })).TagOptionDetails?.map(({ Value }) => Value)
    assert.deepEqual(await values({}), ['b', 'c', 'd'])
    assert.deepEqual(await values({ Key: 'g' }), ['b', 'c'])
    assert.deepEqual(await values({ Active: true }), ['c', 'd'])
    assert.deepEqual(await values({ Active: false, Key: 'h' }), [])
    assert.deepEqual(await values({ Value: 'd' }), ['d'])
    const one = await catalog('ListTagOptions', { PageSize: 2 })
    const two = await catalog('ListTagOptions', { PageSize: 2, PageToken: one.PageToken })
    assert.deepEqual(
      [one, two].map(page => page.TagOptionDetails?.map(({ Value }) => Value)),
      [['b', 'c'], ['d']],
    )
    assert.equal(two.PageToken, undefined)
    assert.equal('NextPageToken' in one, false)

    await catalog('DeleteTagOption', { Id })
    await assert.rejects(catalog('DescribeTagOption', { Id }), notFound(/tag-/))
  })

  test('its resources are listed by kind and page, shown with them, and keep it from being deleted', async t => {
    const kit = testKit(t)
    const { catalog, clock } = kit
    const { portfolioId, productId } = await testProduct(kit)
    const id = await option(kit, 'g', 'a', portfolioId)
    clock.advance(1)
    await catalog('AssociateTagOptionWithResource', { ResourceId: productId, TagOptionId: id })
    const detail = (await catalog('DescribeTagOption', { Id: id })).TagOptionDetail
    assert.deepEqual((await catalog('DescribePortfolio', { Id: portfolioId })).TagOptions, [detail])
    assert.deepEqual((await catalog('DescribeProductAsAdmin', { Id: productId })).TagOptions, [detail])

    const ids = async (more: object) =>
      (await catalog('ListResourcesForTagOption', { TagOptionId: id, ...more })).ResourceDetails?.map(({ Id }) => Id)
    assert.deepEqual(await ids({}), [portfolioId, productId])
    assert.deepEqual(await ids({ ResourceType: 'Product' }), [productId])
    const page = await catalog('ListResourcesForTagOption', { TagOptionId: id, PageSize: 1 })
    const { PortfolioDetail } = await catalog('DescribePortfolio', { Id: portfolioId })
    assert.deepEqual(page.ResourceDetails, [
      {
        Id: portfolioId,
        ARN: PortfolioDetail!.ARN,
        Name: 'shop portfolio',
        CreatedTime: PortfolioDetail!.CreatedTime,
      },
    ])
    assert.deepEqual(await ids({ PageToken: page.PageToken }), [productId])

    const associate = catalog('AssociateTagOptionWithResource', { ResourceId: productId, TagOptionId: id })
    await assert.rejects(associate, { code: 'DuplicateResourceException' })
    await assert.rejects(catalog('DeleteTagOption', { Id: id }), { code: 'ResourceInUseException' })
    for (const ResourceId of [portfolioId, productId]) {
      await catalog('DisassociateTagOptionFromResource', { ResourceId, TagOptionId: id })
    }
    assert.deepEqual(await ids({}), [])
    await catalog('DeleteTagOption', { Id: id })
  })

  test('a launch is tagged by TagOptions and AutoTags; the record shows no AutoTags', async t => {
    const kit = testKit(t)
    const { catalog, alice, services } = kit
    const { portfolioId, productId, artifactId } = await testProduct(kit)
    await option(kit, 'cost', '1', portfolioId)
    await option(kit, 'env', 'dev', productId)
    await option(kit, 'env', 'prod', productId)
    const launch = { ProductId: productId, ProvisioningArtifactId: artifactId }
    const offered = await catalog('DescribeProvisioningParameters', launch, alice)
    assert.deepEqual(offered.TagOptions, [
      { Key: 'cost', Values: ['1'] },
      { Key: 'env', Values: ['dev', 'prod'] },
    ])
    const provision = (name: string, Tags: { Key: string; Value: string }[]) =>
      catalog('ProvisionProduct', { ...launch, ProvisionedProductName: name, ProvisionToken: name, Tags }, alice)
    await assert.rejects(provision('a', []), invalid(/Tag env must have one of/))
    await assert.rejects(provision('a', [{ Key: 'env', Value: 'x' }]), invalid(/not one of its TagOptions/))
    await assert.rejects(provision('a', [{ Key: 'aws:servicecatalog:productArn', Value: 'x' }]), invalid(/reserved/))
    const { RecordDetail } = await provision('mine', [{ Key: 'env', Value: 'dev' }])
    assert.deepEqual(text(RecordDetail!.RecordTags), ['cost=1', 'env=dev'])

    const arn = (kind: string, id: string) => `arn:aws:catalog:us-east-1:111122223333:${kind}/${id}`
    const id = RecordDetail!.ProvisionedProductId!
    const expected = [
      `aws:servicecatalog:portfolioArn=${arn('portfolio', portfolioId)}`,
      `aws:servicecatalog:productArn=${arn('product', productId)}`,
      `aws:servicecatalog:provisionedProductArn=arn:aws:servicecatalog:us-east-1:111122223333:stack/mine/${id}`,
      `aws:servicecatalog:provisioningArtifactIdentifier=${artifactId}`,
      `aws:servicecatalog:provisioningPrincipalArn=${alice.arn}`,
      'cost=1',
      'env=dev',
    ]
    const { ProvisionedProducts } = await catalog('SearchProvisionedProducts', {}, alice)
    assert.deepEqual(text(ProvisionedProducts![0]!.Tags), expected)
    // The engine is handed what its record asked for.
    const record = await services.storage.records.get(alice.scope, RecordDetail!.RecordId!)
    assert.deepEqual(text(record!.request.tags), expected)
  })

  test('values that portfolio and product have not in common become a tag that names both', async t => {
    const kit = testKit(t)
    const { catalog, alice } = kit
    const { portfolioId, productId, artifactId } = await testProduct(kit)
    await option(kit, 'g', 'a', portfolioId)
    await option(kit, 'g', 'b', productId)
    const { RecordDetail } = await catalog(
      'ProvisionProduct',
      { ProductId: productId, ProvisioningArtifactId: artifactId, ProvisionedProductName: 'p', ProvisionToken: 'p' },
      alice,
    )
    const [tag] = RecordDetail!.RecordTags!
    assert.match(tag!.Value!, new RegExp(`^sc-tagconflict-arn:.*portfolio/${portfolioId}-arn:.*product/${productId}$`))
  })

  test('an update changes tags only where the RESOURCE_UPDATE constraint allows it', async t => {
    const kit = testKit(t)
    const { catalog, admin, alice } = kit
    const { portfolioId, productId, artifactId } = await testProduct(kit)
    await option(kit, 'cost', '1', portfolioId)
    const { ProvisioningArtifactDetail: v2 } = await catalog('CreateProvisioningArtifact', {
      ProductId: productId,
      Parameters: { Name: 'v2', Info: { LoadTemplateFromURL: 'https://example.com/v2' } },
    })
    const provisioned = await catalog(
      'ProvisionProduct',
      {
        ProductId: productId,
        ProvisioningArtifactId: artifactId,
        ProvisionedProductName: 'p',
        ProvisionToken: 'p',
        Tags: [{ Key: 'own', Value: 'x' }],
      },
      alice,
    )
    await succeed(kit, provisioned, alice)
    const update = async (Tags?: { Key: string; Value: string }[], more: object = {}) => {
      const answer = await catalog(
        'UpdateProvisionedProduct',
        { ProvisionedProductName: 'p', UpdateToken: 'u', ...(Tags && { Tags }), ...more },
        admin,
      )
      await succeed(kit, answer, admin)
      const { ProvisionedProducts } = await catalog('SearchProvisionedProducts', {}, alice)
      return text(ProvisionedProducts![0]!.Tags)
    }
    const auto = (tags: string[]) => tags.filter(tag => tag.startsWith('aws:'))
    const own = (tags: string[]) => tags.filter(tag => !tag.startsWith('aws:'))
    // The administrator updates by a path of their own to the same product.
    await catalog('AssociatePrincipalWithPortfolio', {
      PortfolioId: portfolioId,
      PrincipalARN: admin.arn,
      PrincipalType: 'IAM',
    })

    await assert.rejects(update([{ Key: 'own', Value: 'y' }]), invalid(/RESOURCE_UPDATE/))
    await assert.rejects(update([]), invalid(/RESOURCE_UPDATE/))
    // Terraform's provider sends the same tags with every update.
    const updated = await update([{ Key: 'own', Value: 'x' }], { ProvisioningArtifactId: v2!.Id })
    assert.deepEqual(own(updated), ['cost=1', 'own=x'])
    assert.equal(auto(updated).length, 5)
    assert.ok(updated.includes(`aws:servicecatalog:provisioningArtifactIdentifier=${v2!.Id}`))
    assert.ok(updated.includes(`aws:servicecatalog:provisioningPrincipalArn=${alice.arn}`))

    const { ConstraintDetail } = await catalog('CreateConstraint', {
      PortfolioId: portfolioId,
      ProductId: productId,
      Type: 'RESOURCE_UPDATE',
      Parameters: '{"Version":"2.0","Properties":{"TagUpdateOnProvisionedProduct":"ALLOWED"}}',
    })
    assert.deepEqual(own(await update([{ Key: 'own', Value: 'y' }])), ['cost=1', 'own=y'])
    await assert.rejects(update([{ Key: 'cost', Value: '2' }]), invalid(/TagOptions/))
    assert.deepEqual(own(await update()), ['cost=1', 'own=y'])
    assert.deepEqual(own(await update([])), ['cost=1'])

    await catalog('UpdateConstraint', {
      Id: ConstraintDetail!.ConstraintId!,
      Parameters: '{"Version":"2.0","Properties":{"TagUpdateOnProvisionedProduct":"NOT_ALLOWED"}}',
    })
    await assert.rejects(update([{ Key: 'own', Value: 'z' }]), invalid(/RESOURCE_UPDATE/))
  })

  test('shared TagOptions hold in the receiving account only where TagOptions are shared', async t => {
    const kit = testKit(t)
    const { catalog, admin } = kit
    const there = {
      ...admin,
      arn: 'arn:aws:iam::444455556666:user/bob',
      scope: { ...admin.scope, accountId: '444455556666' },
    }
    const { portfolioId, productId, artifactId } = await testProduct(kit)
    await option(kit, 'cost', '1', portfolioId)
    await option(kit, 'env', 'dev', productId)
    await catalog('CreatePortfolioShare', { PortfolioId: portfolioId, AccountId: '444455556666' })
    await catalog('AcceptPortfolioShare', { PortfolioId: portfolioId }, there)
    const principal = { PortfolioId: portfolioId, PrincipalARN: there.arn, PrincipalType: 'IAM' } as const
    await catalog('AssociatePrincipalWithPortfolio', principal, there)
    const offered = async () => {
      const launch = { ProductId: productId, ProvisioningArtifactId: artifactId }
      const { TagOptions } = await catalog('DescribeProvisioningParameters', launch, there)
      return TagOptions?.map(({ Key }) => Key)
    }
    assert.deepEqual(await offered(), [])
    await catalog('UpdatePortfolioShare', {
      PortfolioId: portfolioId,
      AccountId: '444455556666',
      ShareTagOptions: true,
    })
    assert.deepEqual(await offered(), ['cost', 'env'])
    const { TagOptions } = await catalog('DescribePortfolio', { Id: portfolioId }, there)
    assert.deepEqual(
      TagOptions?.map(({ Owner }) => Owner),
      ['111122223333'],
    )
  })
})
