import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job, Jobs } from '../storage/jobs.ts'
import { childExecution } from './child.ts'
import type { Dispatcher } from './dispatcher.ts'
import { DistributedDispatcher } from './distributed-dispatcher.ts'
import { ManualClock, startAutomation, workshop } from './testing.ts'
import type { Worker } from './worker.ts'

const document = (...mainSteps: object[]) => JSON.stringify({ schemaVersion: '0.3', mainSteps })
const sleepThenWork = document(
  { name: 'rest', action: 'aws:sleep', inputs: { Duration: 'PT1H' } },
  { name: 'work', action: 'bellhop:invokeEngine', inputs: { Action: 'x' }, isEnd: true },
)
const work = document({ name: 'work', action: 'bellhop:invokeEngine', inputs: { Action: 'x' }, isEnd: true })
const turn = () => new Promise(resolve => setImmediate(resolve))

/** A shop whose engine counts what is at work at once. */
function counting() {
  let atWork = 0
  const seen = { most: 0 }
  const engine = {
    async start() {
      atWork += 1
      seen.most = Math.max(seen.most, atWork)
      await turn()
      atWork -= 1
      return { state: 'succeeded', response: {} } as const
    },
    poll: async () => ({ state: 'succeeded', response: {} }) as const,
    cancel: async () => {},
  }
  return { ...workshop({ engine }), seen }
}

/** So many executions that wait to be begun, none of which a quota holds back. */
async function many({ storage, clock, ids }: ReturnType<typeof workshop>, count: number, content: string) {
  const id = await startAutomation({ storage, clock, ids }, work)
  const parent = (await storage.executions.get(id))!
  for (let i = 0; i < count; i += 1) {
    const own = { document: { ...parent.document, content }, parameters: {} }
    await storage.automations.startChild(childExecution(parent, `${id}-${i}`, own, clock.now()))
  }
}

test('after a start thousands are taken up some at a time, and what comes meanwhile need not wait for them', async () => {
  const shop = counting()
  await many(shop, 1500, sleepThenWork)
  const { storage, clock } = shop
  const { dispatcher } = shop.server()
  await dispatcher.start()
  const begun = async () =>
    (
      await storage.automations.list({ accountId: '000000000000', region: 'us-east-1' }, {}, { size: 5000 })
    ).items.filter(({ status }) => status !== 'Pending').length
  assert.ok((await begun()) <= 64, 'the start itself takes up no more than run at once')
  const late = await startAutomation(shop, work)
  dispatcher.wake(late)
  while ((await storage.executions.get(late))?.status !== 'Success') await turn()
  assert.ok((await begun()) < 1000, 'it went before those that are not read yet')
  await dispatcher.idle()
  assert.equal(await begun(), 1502)

  clock.advance(3_600_000)
  await turn()
  await dispatcher.idle()
  assert.deepEqual(await storage.executions.unfinished(), [], 'all sleepers have woken and ended')
  assert.ok(shop.seen.most <= 64, `${shop.seen.most} at work at once`)
  await dispatcher.stop()
})

test('a batch that storage cannot give is asked for again', async () => {
  const shop = counting()
  await many(shop, 300, work)
  const { executions } = shop.storage
  let asked = 0
  const storage = {
    ...shop.storage,
    executions: {
      ...executions,
      unfinished: (...args: Parameters<typeof executions.unfinished>) => {
        asked += 1
        return asked === 2 ? Promise.reject(new Error('disk full')) : executions.unfinished(...args)
      },
    },
  }
  const { dispatcher } = workshop({}, { storage }).server({})
  await dispatcher.start()
  await dispatcher.idle()
  await dispatcher.stop()
  assert.ok(asked >= 3)
  assert.deepEqual(await executions.unfinished(), [])
})

test('nodes that start together do not fetch at the same moments', async () => {
  const clock = new ManualClock()
  const fetchedAt: number[][] = [[], []]
  const dispatchers: Dispatcher[] = fetchedAt.map((times, node) => {
    const jobs: Jobs = {
      fetch: async (): Promise<readonly Job[]> => {
        times.push(clock.now().getTime())
        return []
      },
      complete: async () => {},
      giveBack: async () => {},
      touch: async () => new Set(),
      sendAt: async () => {},
      sweep: async () => {},
      listen: async notice => notice(undefined),
      close: async () => {},
    }
    const worker = { stop: () => {} } as Worker
    return new DistributedDispatcher({
      worker,
      jobs,
      clock,
      monotonic: () => clock.now().getTime(),
      random: () => 0.3 + 0.4 * node,
      report: assert.fail,
    })
  })
  for (const dispatcher of dispatchers) await dispatcher.start()
  for (let i = 0; i < 100; i += 1) {
    clock.advance(10)
    await turn()
  }
  const [one, other] = fetchedAt as [number[], number[]]
  assert.ok(one.length >= 2 && other.length >= 2, 'each polls twice a second')
  assert.deepEqual(
    one.filter(time => other.includes(time)),
    [],
  )
  for (const dispatcher of dispatchers) await dispatcher.stop()
})
