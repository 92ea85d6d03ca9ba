import assert from 'node:assert/strict'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-service-catalog'
import { account, call, region, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

test('the AWS SDK for JavaScript walks the whole path', { timeout: 60_000 }, async t => {
  const folder = temporaryFolder(t)
  copyFileSync(join(fixtures, 'engine.mjs'), join(folder, 'engine.mjs'))
  const server = await startBellhop({
    dataDirectory: join(folder, 'data'),
    config: { engines: { paint: { transport: 'exec', command: ['node', './engine.mjs'] } } },
  })
  t.after(() => server.kill())
  // One attempt: an answer that is wrong once must be seen.
  const client = new sdk.ServiceCatalog({
    endpoint: server.url,
    region,
    credentials: server.credentials,
    maxAttempts: 1,
  })
  t.after(() => client.destroy())
  const ended = (recordId: string | undefined) =>
    until(async () => {
      const record = await client.describeRecord({ Id: recordId })
      return (record.RecordDetail?.Status === 'SUCCEEDED' || record.RecordDetail?.Status === 'FAILED') && record
    }, `the end of record ${recordId}`)
  const outputs = (record: sdk.DescribeRecordOutput) =>
    Object.fromEntries(record.RecordOutputs!.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]))

  // No token is given anywhere: the SDK fills it in, another for each call.
  const begun = Date.now()
  const created = []
  for (const DisplayName of ['One', 'Two', 'Three']) {
    created.push(await client.createPortfolio({ DisplayName, ProviderName: 'Tests', IdempotencyToken: undefined }))
  }
  assert.equal(new Set(created.map(({ PortfolioDetail }) => PortfolioDetail!.Id)).size, 3)
  const { CreatedTime, Id: PortfolioId } = created[0]!.PortfolioDetail!
  assert.ok(CreatedTime instanceof Date)
  assert.ok(CreatedTime.getTime() >= begun - 1000 && CreatedTime.getTime() <= Date.now() + 1000, `${CreatedTime}`)
  assert.match(created[0]!.$metadata.requestId ?? '', /^[0-9a-f-]{36}$/)

  const { ProductViewDetail, ProvisioningArtifactDetail } = await client.createProduct({
    Name: 'Thing',
    Owner: 'Tests',
    ProductType: 'EXTERNAL',
    Tags: [{ Key: 'bellhop:engine', Value: 'paint' }],
    ProvisioningArtifactParameters: {
      Name: 'v1',
      Type: 'EXTERNAL',
      Info: { LoadTemplateFromURL: 's3://things/v1.tar.gz' },
    },
    IdempotencyToken: undefined,
  })
  const { ProductId } = ProductViewDetail!.ProductViewSummary!
  const { Id: ProvisioningArtifactId } = ProvisioningArtifactDetail!
  await client.associateProductWithPortfolio({ ProductId, PortfolioId })
  const identity = /<Arn>([^<]+)</.exec(await call(server, 'sts', 'GetCallerIdentity', {}))![1]
  await client.associatePrincipalWithPortfolio({ PortfolioId, PrincipalARN: identity, PrincipalType: 'IAM' })
  await client.createConstraint({
    PortfolioId,
    ProductId,
    Type: 'LAUNCH',
    Parameters: JSON.stringify({ RoleArn: `arn:aws:iam::${account}:role/Launch` }),
    IdempotencyToken: undefined,
  })
  await call(server, 'ssm', 'CreateDocument', {
    Name: 'Paint',
    Content: readFileSync(join(fixtures, 'paint.yaml'), 'utf8'),
    DocumentType: 'Automation',
    DocumentFormat: 'YAML',
    TargetType: '/Test::Thing',
  })
  const { ServiceActionDetail } = await client.createServiceAction({
    Name: 'Paint',
    DefinitionType: 'SSM_AUTOMATION',
    Definition: {
      Name: 'Paint',
      Version: '1',
      AssumeRole: 'LAUNCH_ROLE',
      Parameters: '[{"Name":"Thing","Type":"TARGET"},{"Name":"Colour","Type":"TEXT_VALUE"}]',
    },
    IdempotencyToken: undefined,
  })
  const { Id: ServiceActionId } = ServiceActionDetail!.ServiceActionSummary!

  // Pages, as the SDK's own paginators turn them.
  const sizes = []
  for await (const page of sdk.paginateListPortfolios({ client, pageSize: 2 }, {})) {
    sizes.push(page.PortfolioDetails?.length)
  }
  assert.deepEqual(sizes, [2, 1])

  // Provision: the same token twice is one product.
  const { LaunchPathSummaries } = await client.listLaunchPaths({ ProductId })
  const provision = { ProductId, ProvisioningArtifactId, PathId: LaunchPathSummaries![0]!.Id }
  const request = { ...provision, ProvisionedProductName: 'mine', ProvisionToken: 'once' }
  const { RecordDetail: record } = await client.provisionProduct(request)
  const { RecordDetail: same } = await client.provisionProduct(request)
  assert.deepEqual(same, record)
  const provisioned = await ended(record!.RecordId)
  assert.equal(provisioned.RecordDetail?.Status, 'SUCCEEDED')
  assert.deepEqual(outputs(provisioned), { Colour: 'red' })
  const { ProvisionedProductId } = record!

  // The action, before and after it is associated.
  const execute = { ProvisionedProductId, ServiceActionId, Parameters: { Colour: ['green'] } }
  await assert.rejects(
    client.executeProvisionedProductServiceAction({ ...execute, ExecuteToken: undefined }),
    (error: unknown) => {
      assert.ok(error instanceof sdk.ResourceNotFoundException, `${error}`)
      assert.ok(error instanceof sdk.ServiceCatalogServiceException)
      assert.equal(error.name, 'ResourceNotFoundException')
      assert.equal(error.$fault, 'client')
      assert.equal(error.$metadata.httpStatusCode, 400)
      assert.match(error.message, new RegExp(`${ServiceActionId} is not associated`))
      return true
    },
  )
  await client.associateServiceActionWithProvisioningArtifact({ ProductId, ProvisioningArtifactId, ServiceActionId })
  await assert.rejects(
    client.executeProvisionedProductServiceAction({
      ...execute,
      Parameters: { Colour: ['black'] },
      ExecuteToken: undefined,
    }),
    sdk.InvalidParametersException,
  )
  await assert.rejects(
    client.executeProvisionedProductServiceAction({
      ...execute,
      Parameters: { Thing: ['somebody-elses'] },
      ExecuteToken: undefined,
    }),
    /not allowed because they are not in the provisioned product: somebody-elses/,
  )
  const { RecordDetail: started } = await client.executeProvisionedProductServiceAction({
    ...execute,
    ExecuteToken: undefined,
  })
  const acted = await ended(started!.RecordId)
  assert.equal(acted.RecordDetail?.Status, 'SUCCEEDED', JSON.stringify(acted))
  assert.equal(acted.RecordDetail?.LaunchRoleArn, `arn:aws:iam::${account}:role/Launch`)
  assert.ok(acted.RecordDetail?.UpdatedTime instanceof Date)
  assert.ok(acted.RecordDetail.UpdatedTime >= acted.RecordDetail.CreatedTime!)
  const { AutomationExecutionId, ...said } = outputs(acted)
  assert.match(AutomationExecutionId ?? '', /^[0-9a-f-]{36}$/)
  assert.deepEqual(said, { 'Tell.Text': 'thing-mine was red and is green' })

  const { RecordDetail: updating } = await client.updateProvisionedProduct({
    ProvisionedProductId,
    ...provision,
    ProvisioningParameters: [{ Key: 'Colour', Value: 'white' }],
    UpdateToken: undefined,
  })
  assert.deepEqual(outputs(await ended(updating!.RecordId)), { Colour: 'white' })
  const { RecordDetails } = await client.listRecordHistory({
    SearchFilter: { Key: 'provisionedproduct', Value: ProvisionedProductId },
  })
  assert.deepEqual(RecordDetails?.map(({ RecordType, Status }) => [RecordType, Status]).sort(), [
    ['EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION', 'SUCCEEDED'],
    ['PROVISION_PRODUCT', 'SUCCEEDED'],
    ['UPDATE_PROVISIONED_PRODUCT', 'SUCCEEDED'],
  ])

  const { RecordDetail: ending } = await client.terminateProvisionedProduct({
    ProvisionedProductId,
    TerminateToken: undefined,
  })
  assert.equal((await ended(ending!.RecordId)).RecordDetail?.Status, 'SUCCEEDED')
  await assert.rejects(client.describeProvisionedProduct({ Id: ProvisionedProductId }), sdk.ResourceNotFoundException)
})
