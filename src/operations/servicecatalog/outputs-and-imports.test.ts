import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ProvisionedProduct } from '../../catalog/entities.ts'
import { type TestKit, testCaller, testKit, testProduct } from '../testing.ts'

const invalid = (message: RegExp) => ({ code: 'InvalidParametersException', message })
const notFound = (message: RegExp) => ({ code: 'ResourceNotFoundException', message })

/** Lets a product's execution end, as the worker would. */
async function finish({ services: { storage, clock } }: TestKit, recordId: string, result: object = {}): Promise<void> {
  const record = await storage.records.get({ accountId: '111122223333', region: 'us-east-1' }, recordId)
  const claimed = await storage.executions.claim(record!.executionId, clock.now())
  await storage.executions.end(
    claimed!.id,
    claimed!.epoch,
    [],
    { status: 'Success', outputs: {}, endedAt: clock.now() },
    { status: 'SUCCEEDED', recordOutputs: [], ...result },
  )
}

async function provision(kit: TestKit, result: object = {}, type?: string) {
  const ids = await testProduct(kit)
  const { RecordDetail } = await kit.catalog(
    'ProvisionProduct',
    {
      ProductId: ids.productId,
      ProvisioningArtifactId: ids.artifactId,
      ProvisionedProductName: 'mine',
      ProvisionToken: 't',
    },
    kit.alice,
  )
  await finish(kit, RecordDetail!.RecordId!, result)
  const id = RecordDetail!.ProvisionedProductId!
  if (type) {
    // There is no engine for the type yet, so nothing of it can be made through the API.
    const { storage } = kit.services
    const record = (await storage.records.get(kit.alice.scope, RecordDetail!.RecordId!))!
    const change = (product: ProvisionedProduct) => ({ ...product, detail: { ...product.detail, Type: type } })
    const other = { ...record, detail: { ...record.detail, RecordId: 'rec-other' } }
    await storage.provisionedProducts.modify(kit.alice.scope, id, change, other, undefined, {})
  }
  return { ...ids, id, recordId: RecordDetail!.RecordId! }
}

describe('validation', () => {
  test('outputs are asked for by one name of a product that is there, and by keys that it has', async t => {
    const kit = testKit(t)
    const { catalog, alice } = kit
    const { id } = await provision(kit, { productOutputs: [{ OutputKey: 'Url', OutputValue: 'u' }] })
    const outputs = (input: object, caller = alice) => catalog('GetProvisionedProductOutputs', input, caller)
    await assert.rejects(outputs({}), invalid(/either the id or the name/))
    await assert.rejects(outputs({ ProvisionedProductId: id, ProvisionedProductName: 'mine' }), invalid(/not both/))
    await assert.rejects(outputs({ ProvisionedProductId: 'pp-x' }), notFound(/pp-x/))
    await assert.rejects(outputs({ ProvisionedProductId: id }, testCaller('user/bob')), notFound(/pp-/))
    await assert.rejects(
      outputs({ ProvisionedProductId: id, OutputKeys: ['Url', 'Port', '__proto__'] }),
      invalid(/\[Port, __proto__\] do not exist/),
    )
  })

  test('an import says what is wrong with it, and why nothing can be imported yet', async t => {
    const kit = testKit(t)
    const { catalog, alice } = kit
    const { productId, artifactId } = await provision(kit)
    const stack = 'arn:aws:cloudformation:us-east-1:111122223333:stack/web/11111111-2222-3333-4444-555555555555'
    const { ProductViewDetail, ProvisioningArtifactDetail } = await catalog('CreateProduct', {
      Name: 'stack',
      Owner: 'IT',
      ProductType: 'CLOUD_FORMATION_TEMPLATE',
      ProvisioningArtifactParameters: { Info: { LoadTemplateFromURL: 'https://example.com/t' } },
    })
    const ProductId = ProductViewDetail!.ProductViewSummary!.ProductId!
    const request = (input: object) =>
      catalog(
        'ImportAsProvisionedProduct',
        {
          ProductId,
          ProvisioningArtifactId: ProvisioningArtifactDetail!.Id!,
          ProvisionedProductName: 'taken-over',
          PhysicalId: stack,
          ...input,
        },
        alice,
      )
    await assert.rejects(request({}), notFound(/No launch paths/))
    const { portfolioId: PortfolioId } = await testProduct(kit, { name: 'other' })
    await catalog('AssociateProductWithPortfolio', { PortfolioId, ProductId })
    await assert.rejects(request({ ProvisioningArtifactId: 'pa-x' }), notFound(/pa-x/))
    await assert.rejects(request({ ProductId: productId, ProvisioningArtifactId: artifactId }), invalid(/EXTERNAL/))
    await assert.rejects(request({ PhysicalId: 'i-0123' }), invalid(/ARN of a CloudFormation stack/))
    await assert.rejects(request({ ProvisionedProductName: 'mine' }), { code: 'DuplicateResourceException' })
    await assert.rejects(catalog('DescribeProvisionedProduct', { Name: 'taken-over' }, alice), notFound(/taken-over/))
    const { RecordDetail } = await request({})
    assert.equal(RecordDetail?.Status, 'CREATED')
    const { ProvisionedProductDetail } = await catalog('DescribeProvisionedProduct', { Name: 'taken-over' }, alice)
    assert.deepEqual([ProvisionedProductDetail?.Status, ProvisionedProductDetail?.Type], ['UNDER_CHANGE', 'CFN_STACK'])
  })

  test('products of other types have no stack instances', async t => {
    const kit = testKit(t)
    const { id: ProvisionedProductId } = await provision(kit)
    await assert.rejects(
      kit.catalog('ListStackInstancesForProvisionedProduct', { ProvisionedProductId }),
      invalid(/of type EXTERNAL; only products of type CFN_STACKSET/),
    )
    await assert.rejects(
      kit.catalog('ListStackInstancesForProvisionedProduct', { ProvisionedProductId: 'pp-x' }),
      notFound(/pp-x/),
    )
  })
})

describe('functionality', () => {
  test('outputs come by key, all or those asked for, by pages', async t => {
    const kit = testKit(t)
    const outputs = ['Url', 'Port', 'ApiKey'].map(OutputKey => ({ OutputKey, OutputValue: `the ${OutputKey}` }))
    const { id: ProvisionedProductId } = await provision(kit, { productOutputs: outputs })
    const get = (input: object) => kit.catalog('GetProvisionedProductOutputs', input, kit.alice)
    const one = await get({ ProvisionedProductId, PageSize: 2 })
    const two = await get({ ProvisionedProductName: 'mine', PageSize: 2, PageToken: one.NextPageToken })
    assert.deepEqual([...one.Outputs!, ...two.Outputs!], [outputs[2], outputs[1], outputs[0]])
    assert.equal(two.NextPageToken, undefined)
    assert.deepEqual(await get({ ProvisionedProductId, OutputKeys: ['Url'] }), { Outputs: [outputs[0]] })
    assert.equal((await get({ ProvisionedProductId, OutputKeys: [] })).Outputs?.length, 3)
  })

  test('stack instances are the resources that the engine reports', async t => {
    const kit = testKit(t)
    const type = 'AWS::CloudFormation::StackInstance'
    const resources = [
      { type, physicalId: '222222222222/us-east-1' },
      { type, physicalId: '111122223333/eu-west-1' },
      { type: 'AWS::S3::Bucket', physicalId: 'b' },
    ]
    const { id: ProvisionedProductId } = await provision(kit, { resources }, 'CFN_STACKSET')
    const list = (input: object = {}) =>
      kit.catalog('ListStackInstancesForProvisionedProduct', { ProvisionedProductId, ...input }, kit.alice)
    const one = await list({ PageSize: 1 })
    assert.deepEqual(one.StackInstances, [
      { Account: '111122223333', Region: 'eu-west-1', StackInstanceStatus: 'CURRENT' },
    ])
    const { StackInstances } = await list({ PageToken: one.NextPageToken })
    assert.deepEqual(StackInstances?.[0]?.Account, '222222222222')
  })

  test('the last records are those that AWS names, and a product’s history outlives what was made of it', async t => {
    const kit = testKit(t)
    const { catalog, alice, clock } = kit
    const { id, recordId, productId } = await provision(kit)
    const last = async () => {
      const { ProvisionedProductDetail } = await catalog('DescribeProvisionedProduct', { Id: id }, alice)
      const { LastRecordId, LastProvisioningRecordId, LastSuccessfulProvisioningRecordId } = ProvisionedProductDetail!
      return [LastRecordId, LastProvisioningRecordId, LastSuccessfulProvisioningRecordId]
    }
    assert.deepEqual(await last(), [recordId, recordId, recordId])
    clock.advance(1000)
    const properties = await catalog('UpdateProvisionedProductProperties', {
      ProvisionedProductId: id,
      ProvisionedProductProperties: { LAUNCH_ROLE: 'arn:aws:iam::111122223333:role/Other' },
    })
    assert.deepEqual(await last(), [properties.RecordId, recordId, recordId])
    clock.advance(1000)
    const { RecordDetail } = await catalog(
      'UpdateProvisionedProduct',
      { ProvisionedProductId: id, UpdateToken: 'u' },
      alice,
    )
    assert.deepEqual(await last(), [RecordDetail?.RecordId, RecordDetail?.RecordId, recordId])
    await finish(kit, RecordDetail!.RecordId!)
    assert.deepEqual(await last(), [RecordDetail?.RecordId, RecordDetail?.RecordId, RecordDetail?.RecordId])
    clock.advance(1000)
    const ended = await catalog('TerminateProvisionedProduct', { ProvisionedProductId: id, TerminateToken: 'x' }, alice)
    await finish(kit, ended.RecordDetail!.RecordId!)
    const { RecordDetails } = await catalog(
      'ListRecordHistory',
      { SearchFilter: { Key: 'product', Value: productId }, AccessLevelFilter: { Key: 'Account', Value: 'self' } },
      kit.admin,
    )
    assert.deepEqual(
      RecordDetails?.map(record => record.RecordId),
      [ended.RecordDetail?.RecordId, RecordDetail?.RecordId, properties.RecordId, recordId],
    )
  })
})
