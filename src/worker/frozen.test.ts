import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job, Jobs } from '../storage/jobs.ts'
import { DistributedDispatcher } from './distributed-dispatcher.ts'
import { startAutomation, workshop } from './testing.ts'

const work = JSON.stringify({
  schemaVersion: '0.3',
  mainSteps: [{ name: 'work', action: 'bellhop:invokeEngine', inputs: { Action: 'x' } }],
})

/** A shop with one execution, whose engine counts how often it was started. */
async function oneExecution() {
  const seen = { started: 0 }
  const engine = {
    async start() {
      seen.started += 1
      return { state: 'succeeded', response: {} } as const
    },
    poll: async () => ({ state: 'succeeded', response: {} }) as const,
    cancel: async () => {},
  }
  const shop = workshop({ engine })
  return { ...shop, seen, id: await startAutomation(shop, work), worker: shop.server().worker }
}

test('a step that was written down does not start where the execution is no longer in hand, and starts where it is', async () => {
  const { worker, id, seen, storage } = await oneExecution()
  assert.deepEqual(await worker.advance(id, () => Promise.resolve(false)), { state: 'left' })
  assert.equal(seen.started, 0)
  assert.deepEqual(
    (await storage.executions.steps(id)).map(({ status }) => status),
    ['InProgress'],
  )
  assert.deepEqual(await worker.advance(id), { state: 'ended' })
  assert.equal(seen.started, 1)
})

test('where nobody can say, nothing is started, and it is looked at again', async () => {
  const { worker, id, seen } = await oneExecution()
  const advance = await worker.advance(id, () => Promise.reject(new Error('the database is away')))
  assert.equal(advance.state, 'waiting')
  assert.equal(seen.started, 0)
})

for (const [what, isHeld] of [
  ['a job that was touched long ago is touched before a step starts', true],
  ['a node that was frozen starts no step of a job that is another’s by now', false],
] as const) {
  test(what, async () => {
    const { worker, id, seen, clock, storage } = await oneExecution()
    const job: Job = { id: 'job-1', executionId: id, attempt: 0 }
    let monotonic = 0
    const touched: string[] = []
    let ended = Promise.withResolvers<void>()
    const jobs: Jobs = {
      fetch: async () => {
        const found = monotonic === 0 ? [job] : []
        // Frozen while the answer was on its way; the wall clock was put back meanwhile.
        monotonic = 60_000
        return found
      },
      touch: async some => {
        touched.push(...some.map(each => each.id))
        return new Set(isHeld ? touched : [])
      },
      complete: async () => ended.resolve(),
      giveBack: async () => ended.resolve(),
      sendAt: async () => {},
      sweep: async () => {},
      listen: async () => {},
      close: async () => {},
    }
    const options = { worker, jobs, clock, random: () => 0, report: assert.fail }
    const dispatcher = new DistributedDispatcher({ ...options, monotonic: () => monotonic })
    await dispatcher.start()
    clock.advance(1)
    await ended.promise
    ended = Promise.withResolvers()
    assert.deepEqual([...new Set(touched)], ['job-1'])
    assert.equal(seen.started, isHeld ? 1 : 0)
    assert.equal((await storage.executions.get(id))?.status === 'Success', isHeld)
    await dispatcher.stop()
  })
}
