import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { takenOver } from '../catalog/execution.ts'
import { Refusal } from '../catalog/refusal.ts'
import type { ScriptRequest, ScriptResult } from '../runbook/action.ts'
import { parseDocument } from '../runbook/parse.ts'
import { resumePoint } from '../runbook/resume.ts'
import { acceptAction, acceptProvision, scope, workshop } from '../worker/testing.ts'
import type { Backend } from './storage.testsuite.ts'
import { openStorage, type Storage } from './storage.ts'

const step = (name: string) =>
  `{"name":"${name}","action":"aws:executeScript","inputs":{"Runtime":"python3.11","Handler":"h","Script":"# ${name}","InputPayload":{"Before":"{{ one.Value }}"}},"outputs":[{"Name":"Value","Selector":"$.Payload","Type":"String"}]}`
const content = `{"schemaVersion":"0.3","mainSteps":[${step('one').replace(',"InputPayload":{"Before":"{{ one.Value }}"}', '')},${step('two')},${step('three')}],"outputs":["one.Value"]}`
const engine = {
  start: async () => ({ state: 'succeeded' as const, response: {} }),
  poll: async () => assert.fail(),
  cancel: async () => {},
}

type Shop = ReturnType<typeof workshop>

/** A product whose action failed at its second step. */
async function failedRun(shop: Shop) {
  const { storage, clock, ids, server } = shop
  const { productId, executionId: provision } = await acceptProvision(storage, clock, ids)
  await server({ engine }).worker.advance(provision)
  const action = await acceptAction(storage, clock, ids, productId, content)
  const runScript = async ({ script }: ScriptRequest): Promise<ScriptResult> =>
    script === '# two'
      ? { state: 'failed', message: 'no room', log: '' }
      : { state: 'returned', payload: 'from the first run', log: '' }
  await server({ runScript }).worker.advance(action.executionId)
  assert.equal((await storage.records.get(scope, action.recordId))?.detail.Status, 'FAILED')
  return { ...action, productId }
}

/** Accepts that it is gone on with, as ResumeServiceAction does. */
async function acceptResume({ storage, clock, ids }: Shop, before: { recordId: string; executionId: string }) {
  const [record, failed] = [
    (await storage.records.get(scope, before.recordId))!,
    (await storage.executions.get(before.executionId))!,
  ]
  const steps = await storage.executions.steps(before.executionId)
  const point = resumePoint(parseDocument(content), failed, steps, clock.now().getTime())
  assert.ok('taken' in point && point.stepName === 'two', JSON.stringify(point))
  const [id, recordId] = [ids.uuid(), ids.next('record')]
  const resumes = { executionId: failed.id, recordId: before.recordId, stepName: 'two' }
  const now = clock.now()
  await storage.provisionedProducts.resume(
    {
      ...record,
      executionId: id,
      detail: { ...record.detail, RecordId: recordId, Status: 'CREATED', CreatedTime: now, UpdatedTime: now },
    },
    {
      ...failed,
      id,
      recordId,
      resumes,
      status: 'Pending',
      outputs: {},
      epoch: 0,
      createdAt: now,
      endedAt: undefined,
      failureMessage: undefined,
      startedAt: undefined,
    },
    takenOver(point.taken, id, ids.uuid),
    undefined,
    {},
  )
  return { id, recordId }
}

/** Runs that go on with one that failed, as every database must keep them. Run once for each driver. */
export function testResume(backend: Backend): void {
  describe(`resumed runs on ${backend.name}`, () => {
    const check = (name: string, body: (shop: Shop, two: Storage) => Promise<void>) =>
      test(name, async t => {
        const opened = await backend.open(t)
        if (!opened) return
        await body(workshop({}, { storage: openStorage(opened.driver) }), openStorage(await opened.another()))
      })

    check(
      'begin where the other failed, with what the steps before had come to, and change nothing of it',
      async (shop, two) => {
        const before = await failedRun(shop)
        const rows = await two.executions.steps(before.executionId)
        const { id, recordId } = await acceptResume(shop, before)
        const ran: ScriptRequest[] = []
        const runScript = async (request: ScriptRequest): Promise<ScriptResult> => {
          ran.push(request)
          return { state: 'returned', payload: 'now', log: '' }
        }
        await shop.server({ runScript }).worker.advance(id)
        assert.deepEqual(
          ran.map(({ script }) => script),
          ['# two', '# three'],
        )
        assert.deepEqual({ ...ran[0]!.events }, { Before: 'from the first run' })
        const ended = await two.executions.get(id)
        assert.deepEqual([ended?.status, ended?.outputs], ['Success', { 'one.Value': ['from the first run'] }])
        const [first, second] = await two.executions.steps(id)
        assert.deepEqual(first?.takenFrom, { executionId: before.executionId, stepId: rows[0]!.id })
        assert.equal(second?.takenFrom, undefined)
        const record = await two.records.get(scope, recordId)
        assert.equal(record?.detail.Status, 'SUCCEEDED')
        assert.deepEqual(record?.outputs.map(each => [each.OutputKey, each.OutputValue]).slice(0, 2), [
          ['AutomationExecutionId', id],
          ['ResumedFrom', before.recordId],
        ])
        assert.deepEqual(await two.executions.steps(before.executionId), rows)
        assert.equal((await two.records.get(scope, before.recordId))?.detail.Status, 'FAILED')
        assert.equal((await two.provisionedProducts.get(scope, before.productId))?.detail.Status, 'AVAILABLE')
      },
    )

    check('go on after a crash as every run does: what was taken over is never run', async shop => {
      const { id } = await acceptResume(shop, await failedRun(shop))
      const ran: string[] = []
      const dying = shop.server({
        runScript: ({ script }, abort) =>
          new Promise(resolve => {
            ran.push(script)
            abort.addEventListener('abort', () => resolve({ state: 'aborted' }))
            dying.worker.stop()
          }),
      })
      assert.deepEqual(await dying.worker.advance(id), { state: 'left' })
      const runScript = async ({ script }: ScriptRequest): Promise<ScriptResult> => {
        ran.push(script)
        return { state: 'returned', payload: 'x', log: '' }
      }
      await shop.server({ runScript }).worker.advance(id)
      assert.deepEqual(ran, ['# two', '# two', '# three'])
      assert.equal((await shop.storage.executions.get(id))?.status, 'Success')
      const taken = (await shop.storage.executions.steps(id)).map(row => [row.name, row.ordinal])
      assert.deepEqual(taken, [
        ['one', 1],
        ['two', 2],
        ['three', 3],
      ])
    })

    check('are accepted once for each run that failed, and one at a time', async (shop, two) => {
      const before = await failedRun(shop)
      const { id, recordId } = await acceptResume(shop, before)
      const again = () => acceptResume(shop, before)
      await assert.rejects(again(), error => error instanceof Refusal && /UNDER_CHANGE/.test(error.message))
      const failing = async (): Promise<ScriptResult> => ({ state: 'failed', message: 'still no room', log: '' })
      await shop.server({ runScript: failing }).worker.advance(id)
      await assert.rejects(again(), error => error instanceof Refusal && error.message.includes(recordId))
      assert.equal((await two.provisionedProducts.get(scope, before.productId))?.detail.Status, 'AVAILABLE')
      // The one that failed last is gone on with, and knows where its first step came from.
      const next = await acceptResume(shop, { recordId, executionId: id })
      const [first] = await two.executions.steps(next.id)
      assert.equal(first?.takenFrom?.executionId, before.executionId)
    })
  })
}
