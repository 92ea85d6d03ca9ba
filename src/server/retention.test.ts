import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptAction, acceptProvision, scope, workshop } from '../worker/testing.ts'
import { sweep } from './retention.ts'

const day = 24 * 3600 * 1000
const content =
  '{"schemaVersion":"0.3","mainSteps":[{"name":"rest","action":"aws:sleep","inputs":{"Duration":"PT0S"}}]}'

test('what is past its time goes, but for what runs and what a product still points at', async t => {
  const { storage, clock, ids, server } = workshop()
  t.after(() => storage.close())
  const engine = {
    start: async () => ({ state: 'succeeded' as const, response: {} }),
    poll: async () => assert.fail('was done at once'),
    cancel: async () => {},
  }
  const { worker } = server({ engine })
  const provisioned = await acceptProvision(storage, clock, ids)
  await worker.advance(provisioned.executionId)
  const old = await acceptAction(storage, clock, ids, provisioned.productId, content)
  await worker.advance(old.executionId)
  clock.advance(10 * day)
  const recent = await acceptAction(storage, clock, ids, provisioned.productId, content)
  await worker.advance(recent.executionId)
  const running = await acceptAction(storage, clock, ids, provisioned.productId, content.replace('PT0S', 'PT600000S'))
  await worker.advance(running.executionId)
  clock.advance(5 * day)

  const executions = async () =>
    (await Promise.all([provisioned, old, recent, running].map(each => storage.executions.get(each.executionId)))).map(
      execution => execution !== undefined,
    )
  const records = async () =>
    (await Promise.all([provisioned, old, recent, running].map(each => storage.records.get(scope, each.recordId)))).map(
      record => record !== undefined,
    )
  await sweep(storage, { tokens: 30 }, clock.now())
  assert.deepEqual([await executions(), await records()], [Array(4).fill(true), Array(4).fill(true)])
  await sweep(storage, { tokens: 30, executions: 12, records: 12 }, clock.now())
  assert.deepEqual(await executions(), [false, false, true, true])
  assert.deepEqual(await storage.executions.steps(old.executionId), [])
  // The provisioning is over and old, but the product points at its record.
  assert.deepEqual(await records(), [true, false, true, true])
  await sweep(storage, { tokens: 30, executions: 1, records: 1 }, clock.now())
  assert.deepEqual(await executions(), [false, false, false, true])
  assert.deepEqual(await records(), [true, false, false, true])
})

test('an idempotency token that is past its time is a new one', async t => {
  const { storage, clock } = workshop()
  t.after(() => storage.close())
  const claim = { scope, operation: 'CreatePortfolio', token: 't', inputHash: 'h' }
  const portfolio = (Id: string) => ({ scope, detail: { Id, DisplayName: Id, CreatedTime: clock.now() }, tags: [] })
  await storage.portfolios.create(portfolio('port-a'), claim, { PortfolioDetail: { Id: 'port-a' } })
  clock.advance(29 * day)
  await sweep(storage, { tokens: 30 }, clock.now())
  assert.deepEqual(await storage.tokens.find(claim), { PortfolioDetail: { Id: 'port-a' } })
  clock.advance(2 * day)
  await sweep(storage, { tokens: 30 }, clock.now())
  assert.equal(await storage.tokens.find(claim), undefined)
})
