import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { call, send, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { externalProduct, serviceAction } from '../kit/catalog.ts'

/** The value of a series of Prometheus' text form; 0 when there is none. */
function value(text: string, series: string): number {
  const line = text.split('\n').find(each => each.startsWith(`${series} `))
  return line === undefined ? 0 : Number(line.slice(series.length + 1))
}

test('requests, steps and executions are told of in the log and in the metrics, without what they carry', async t => {
  const folder = temporaryFolder(t)
  copyFileSync(join(import.meta.dirname, 'fixtures/engine.mjs'), join(folder, 'engine.mjs'))
  const server = await startBellhop({
    dataDirectory: join(folder, 'data'),
    config: { engines: { mock: { transport: 'exec', command: ['node', './engine.mjs'] } } },
  })
  t.after(() => server.kill())
  const product = await externalProduct(server, 'mock', 's3://tests/good')
  const { RecordDetail } = await call(server, 'servicecatalog', 'ProvisionProduct', {
    ProductId: product.productId,
    ProvisioningArtifactId: product.artifactId,
    ProvisionedProductName: 'seen',
    ProvisioningParameters: [{ Key: 'AtTerminate', Value: 'hunter2' }],
    ProvisionToken: randomUUID(),
  })
  const ended = (id: string) =>
    until(async () => {
      const record = await call(server, 'servicecatalog', 'DescribeRecord', { Id: id })
      return ['SUCCEEDED', 'FAILED'].includes(record.RecordDetail.Status) && record
    }, 'the end')
  await ended(RecordDetail.RecordId)
  const failing = await serviceAction(server, product, {
    name: 'Failing',
    document: { mainSteps: [{ name: 'ask', action: 'bellhop:invokeEngine', inputs: { Action: 'exit-1' } }] },
  })
  const done = await call(server, 'servicecatalog', 'ExecuteProvisionedProductServiceAction', {
    ProvisionedProductId: RecordDetail.ProvisionedProductId,
    ServiceActionId: failing,
    ExecuteToken: randomUUID(),
  })
  await ended(done.RecordDetail.RecordId)
  const refused = await send(server, 'servicecatalog', 'DescribeRecord', { Id: 'rec-nonenonenone1' })
  assert.equal(refused.status, 400)

  assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
  const metrics = await fetch(`${server.url}/metrics`)
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain/)
  const text = await metrics.text()
  const counts: readonly (readonly [series: string, value: number])[] = [
    ['bellhop_requests_total{service="servicecatalog",operation="ProvisionProduct",code="200"}', 1],
    ['bellhop_requests_total{service="servicecatalog",operation="DescribeRecord",code="ResourceNotFoundException"}', 1],
    ['bellhop_steps_total{action="bellhop:runEngine",status="Success",failure=""}', 1],
    ['bellhop_steps_total{action="bellhop:invokeEngine",status="Failed",failure="Failed"}', 1],
    ['bellhop_executions_total{kind="engine",status="Success"}', 1],
    ['bellhop_executions_total{kind="automation",status="Failed"}', 1],
    ['bellhop_executions_unfinished', 0],
  ]
  for (const [series, expected] of counts) assert.equal(value(text, series), expected, series)
  assert.ok(value(text, 'bellhop_write_seconds_count') > 5)

  const lines = server
    .log()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const failed = lines.find(line => line.message === 'step' && line.step === 'ask')
  assert.equal(failed.status, 'Failed')
  assert.equal(failed.recordId, done.RecordDetail.RecordId)
  const request = lines.find(line => line.message === 'request' && line.code === 'ResourceNotFoundException')
  assert.equal(request.requestId, refused.headers.get('x-amzn-requestid'))
  assert.match(request.arn, /user\/admin$/)
  assert.doesNotMatch(server.log() + text, /hunter2/)
})

test('metrics are shown to nobody where the configuration says so', async t => {
  const folder = temporaryFolder(t)
  const closed = await startBellhop({ dataDirectory: join(folder, 'data'), config: { metrics: false } })
  t.after(() => closed.kill())
  assert.notEqual((await fetch(`${closed.url}/metrics`)).status, 200)
  assert.equal((await fetch(`${closed.url}/readyz`)).status, 200)
})
