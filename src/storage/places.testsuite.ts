import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LimitKeys, Limits } from '../catalog/limits.ts'
import { mostOf } from '../catalog/limits.ts'
import type { Progress } from '../runbook/action.ts'
import { acceptAction, acceptProvision, scope, startAutomation, storeDocument, workshop } from '../worker/testing.ts'
import type { Backend } from './storage.testsuite.ts'
import { openStorage, type Storage } from './storage.ts'

const account = `account:${scope.accountId}`
const accountLimit = (most: number): Limits => ({
  accounts: { named: { [scope.accountId]: most } },
  actions: { named: {} },
  engines: { named: {} },
})
const document = (...mainSteps: object[]) => JSON.stringify({ schemaVersion: '0.3', mainSteps })
const step = (name: string) => ({ name, action: 'bellhop:invokeEngine', inputs: { Action: 'x' } })
const work = document(step('work'))
const sleep = { name: 'rest', action: 'aws:sleep', inputs: { Duration: 'PT1H' } }

/** An engine whose work ends when the test says so. */
function engineInHand() {
  /** Several where a node that was given up is still at it. */
  const atWork = new Map<string, ((progress: Progress) => void)[]>()
  const seen = { most: 0, started: [] as string[] }
  return {
    seen,
    /** Ids of the executions that are at work. */
    atWork: () => [...atWork.keys()],
    end(executionId: string) {
      for (const done of atWork.get(executionId)!) done({ state: 'succeeded', response: {} })
      atWork.delete(executionId)
    },
    tools: {
      engine: {
        start: (_work: unknown, token: string) =>
          new Promise<Progress>(resolve => {
            const executionId = token.slice(0, 36)
            atWork.set(executionId, [...(atWork.get(executionId) ?? []), resolve])
            seen.started.push(executionId)
            seen.most = Math.max(seen.most, atWork.size)
          }),
        poll: async () => ({ state: 'succeeded', response: {} }) as const,
        cancel: async () => {},
      },
    },
  }
}

/** What holds of limits on every database. Run once for each driver. */
export function testPlaces(backend: Backend): void {
  describe(`limits on ${backend.name}`, () => {
    type Engine = ReturnType<typeof engineInHand>
    type Shop = ReturnType<typeof workshop>
    /** A test with a shop over one node's storage, and another node's. */
    const check = (
      name: string,
      limits: Limits,
      body: (
        shop: Shop & { engine: Engine; until(met: () => Promise<boolean>): Promise<void> },
        two: Storage,
      ) => Promise<void>,
    ) =>
      test(name, async t => {
        const opened = await backend.open(t)
        if (!opened) return
        const engine = engineInHand()
        const shop = workshop(engine.tools, { storage: openStorage(opened.driver), limits })
        const until = async (met: () => Promise<boolean>) => {
          for (let i = 0; i < 2000; i += 1) {
            if (await met()) return
            await new Promise(resolve => setTimeout(resolve, 1))
          }
          assert.fail('It did not come to be.')
        }
        await body({ ...shop, engine, until }, openStorage(await opened.another()))
        assert.deepEqual(shop.reports, [])
      })
    const positionOf = async (storage: Storage, id: string, limits: Limits) =>
      (await storage.places.position(id, key => mostOf(limits, key)))?.position
    const status = async (storage: Storage, id: string) => (await storage.executions.get(id))?.status

    const two = accountLimit(2)
    check(
      'as many as are allowed are under way, and the others go in the order in which they came',
      two,
      async shop => {
        const { storage, engine, until } = shop
        const ids: string[] = []
        for (let i = 0; i < 6; i += 1) {
          ids.push(await startAutomation(shop, work))
          shop.clock.advance(1000)
        }
        const { dispatcher, gate } = shop.server()
        await gate!.start()
        for (const id of ids.slice(0, 2)) {
          dispatcher.wake(id)
          await until(async () => engine.atWork().includes(id))
        }
        // They come to the line in another order than they were accepted in.
        for (const id of ids.slice(2).reverse()) dispatcher.wake(id)
        await until(async () => (await positionOf(storage, ids[5]!, two)) === 4)
        const positions = () => Promise.all(ids.map(id => positionOf(storage, id, two)))
        assert.deepEqual(await positions(), [undefined, undefined, 1, 2, 3, 4])
        assert.equal(await status(storage, ids[2]!), 'Pending')
        assert.deepEqual(await storage.places.position(ids[3]!, key => mostOf(two, key)), {
          position: 2,
          key: account,
          since: shop.clock.now().getTime(),
        })
        const load = (await storage.places.load()).get(account)
        assert.deepEqual(load, { waiting: 4, since: shop.clock.now().getTime(), underWay: 2 })
        for (const [i, id] of ids.entries()) {
          await until(async () => engine.atWork().length === Math.min(2, ids.length - i))
          engine.end(id)
          if (i === 0) {
            await until(async () => engine.atWork().includes(ids[2]!))
            assert.deepEqual(await positions(), [undefined, undefined, undefined, 1, 2, 3])
          }
        }
        await dispatcher.idle()
        assert.deepEqual(engine.seen.started, ids)
        assert.equal(engine.seen.most, 2)
        assert.equal(await storage.places.isEmpty(), true)
        await dispatcher.stop()
      },
    )

    const one = accountLimit(1)
    check('what sleeps has no place, and goes before what has not begun when it wakes', one, async shop => {
      const { storage, engine, until } = shop
      const sleeper = await startAutomation(shop, document(sleep, step('work')))
      const { dispatcher } = shop.server()
      await dispatcher.start()
      await until(async () => (await storage.places.isEmpty()) && (await status(storage, sleeper)) === 'InProgress')
      const first = await startAutomation(shop, work)
      dispatcher.wake(first)
      await until(async () => engine.atWork().includes(first))
      const second = await startAutomation(shop, work)
      dispatcher.wake(second)
      await until(async () => (await positionOf(storage, second, one)) === 1)
      shop.clock.advance(3_600_000)
      await until(async () => (await positionOf(storage, sleeper, one)) === 1)
      assert.equal(await positionOf(storage, second, one), 2)
      engine.end(first)
      await until(async () => engine.atWork().length === 1)
      assert.deepEqual(engine.atWork(), [sleeper])
      engine.end(sleeper)
      await until(async () => engine.atWork().includes(second))
      engine.end(second)
      await dispatcher.idle()
      assert.equal(engine.seen.most, 1)
      await dispatcher.stop()
    })

    check('one that waits for another gives its place to it: a limit of one holds nobody for ever', one, async shop => {
      const { storage, clock, engine, until } = shop
      await storeDocument(storage, clock, 'Child', work)
      const call = { name: 'call', action: 'aws:executeAutomation', inputs: { DocumentName: 'Child' } }
      const parents = [await startAutomation(shop, document(call, step('after')))]
      parents.push(await startAutomation(shop, document(call)))
      const { dispatcher } = shop.server()
      await dispatcher.start()
      for (let i = 0; i < 3; i += 1) {
        await until(async () => engine.atWork().length === 1)
        engine.end(engine.atWork()[0]!)
      }
      await until(async () =>
        (await Promise.all(parents.map(id => status(storage, id)))).every(each => each === 'Success'),
      )
      assert.equal(engine.seen.most, 1)
      await until(() => storage.places.isEmpty())
      await dispatcher.stop()
    })

    check('runs for many targets are counted, what starts them is not', two, async shop => {
      const { storage, engine, until } = shop
      const content = JSON.stringify({
        schemaVersion: '0.3',
        parameters: { Who: { type: 'String' } },
        mainSteps: [step('work')],
      })
      const targets = [{ Key: 'ParameterValues', Values: ['a', 'b', 'c', 'd', 'e'] }]
      const rateControl = { targetParameterName: 'Who', targets, maxConcurrency: '5', maxErrors: '1' }
      const id = await startAutomation(shop, content, { rateControl })
      const { dispatcher } = shop.server()
      await dispatcher.start()
      for (let left = 5; left > 0; left -= 1) {
        await until(async () => engine.atWork().length === Math.min(left, 2))
        engine.end(engine.atWork()[0]!)
      }
      await until(async () => (await status(storage, id)) === 'Success')
      assert.equal(engine.seen.most, 2)
      await dispatcher.stop()
    })

    check('a cancel ends what waits at once, and the others move up', one, async shop => {
      const { storage, clock, ids, engine, until } = shop
      const { dispatcher } = shop.server()
      await dispatcher.start()
      const first = await startAutomation(shop, work)
      dispatcher.wake(first)
      await until(async () => engine.atWork().includes(first))
      const { productId, executionId: provision } = await acceptProvision(storage, clock, ids)
      dispatcher.wake(provision)
      await until(async () => (await positionOf(storage, provision, one)) === 1)
      clock.advance(1)
      const last = await startAutomation(shop, work)
      dispatcher.wake(last)
      await until(async () => (await positionOf(storage, last, one)) === 2)
      const record = (await storage.records.list(scope, {}, { size: 1 })).items[0]!
      assert.equal(record.detail.Status, 'CREATED', 'a record that waits has not begun')

      await storage.executions.stop(provision, 'Cancel', clock.now())
      dispatcher.wake(provision)
      await until(async () => (await status(storage, provision)) === 'Cancelled')
      assert.equal((await storage.records.get(scope, record.detail.RecordId))?.detail.Status, 'FAILED')
      assert.equal((await storage.provisionedProducts.get(scope, productId))?.detail.Status, 'ERROR')
      assert.equal(await positionOf(storage, last, one), 1)
      assert.deepEqual(engine.atWork(), [first], 'the cancelled one began nothing')
      engine.end(first)
      await until(async () => engine.atWork().includes(last))
      engine.end(last)
      await dispatcher.idle()
      assert.equal(await storage.places.isEmpty(), true)
      await dispatcher.stop()
    })

    check('a restart keeps the order, and what was under way goes first', one, async (shop, other) => {
      const { storage, engine, until } = shop
      const ids: string[] = []
      for (let i = 0; i < 4; i += 1) {
        ids.push(await startAutomation(shop, work))
        shop.clock.advance(1000)
      }
      const before = shop.server()
      await before.dispatcher.start()
      await until(async () => engine.atWork().length === 1 && (await positionOf(storage, ids[3]!, one)) === 3)
      // It is never heard of again; another comes in its place, which knows nothing but the rows.
      const after = shop.server(engine.tools, other)
      await after.gate!.start()
      await after.dispatcher.start()
      await until(async () => engine.seen.started.length === 2)
      for (const id of ids) {
        await until(async () => engine.atWork().includes(id))
        assert.equal(engine.atWork().length, 1)
        engine.end(id)
      }
      await after.dispatcher.idle()
      assert.deepEqual(engine.seen.started, [ids[0], ...ids])
      assert.equal(await storage.places.isEmpty(), true)
      await after.dispatcher.stop()
      await before.dispatcher.stop()
    })

    check('a limit holds over two nodes, and everything ends', accountLimit(3), async (shop, other) => {
      const { storage, engine, until } = shop
      const nodes = [shop.server(), shop.server(engine.tools, other)]
      const ids = await Promise.all(Array.from({ length: 24 }, () => startAutomation(shop, work)))
      for (const [i, id] of ids.entries()) nodes[i % 2]!.dispatcher.wake(id)
      for (let left = ids.length; left > 0; left -= 1) {
        await until(async () => engine.atWork().length === Math.min(left, 3))
        engine.end(engine.atWork()[0]!)
      }
      await until(async () => (await storage.executions.unfinished()).length === 0)
      assert.equal(engine.seen.most, 3)
      for (const { dispatcher } of nodes) await dispatcher.idle()
      assert.equal(await storage.places.isEmpty(), true)
      for (const { dispatcher } of nodes) await dispatcher.stop()
    })

    const onePerAction: Limits = { ...two, actions: { default: 1, named: {} } }
    check('a full limit holds up only those that it is about', onePerAction, async shop => {
      const { storage, clock, ids, engine, until } = shop
      const { dispatcher } = shop.server()
      await dispatcher.start()
      const act = async (serviceActionId: string) => {
        const made = await acceptProvision(storage, clock, ids)
        dispatcher.wake(made.executionId)
        await until(async () => engine.atWork().includes(made.executionId))
        engine.end(made.executionId)
        await until(async () => (await status(storage, made.executionId)) === 'Success')
        const { executionId } = await acceptAction(storage, clock, ids, made.productId, work, { serviceActionId })
        return executionId
      }
      const executions = [await act('act-one'), await act('act-one'), await act('act-two')] as const
      dispatcher.wake(executions[0])
      await until(async () => engine.atWork().includes(executions[0]))
      dispatcher.wake(executions[1])
      await until(async () => (await positionOf(storage, executions[1], onePerAction)) === 1)
      dispatcher.wake(executions[2])
      await until(async () => engine.atWork().length === 2)
      assert.deepEqual(engine.atWork(), [executions[0], executions[2]])
      const waitsFor = async () => (await storage.places.position(executions[1], key => mostOf(onePerAction, key)))?.key
      assert.equal(await waitsFor(), account, 'both limits are full: the wider one is named')
      engine.end(executions[2])
      await until(async () => (await waitsFor()) === 'action:act-one')
      assert.deepEqual(engine.atWork(), [executions[0]])
      engine.end(executions[0])
      await until(async () => engine.atWork().includes(executions[1]))
      engine.end(executions[1])
      await dispatcher.idle()
      await dispatcher.stop()
    })

    check('places of those who were not heard of any more come back', one, async (shop, other) => {
      const { storage, engine, until } = shop
      const keys: LimitKeys = [account]
      const gone = { executionId: 'gone', keys, resumed: false, acceptedAt: 1, holder: 'x' }
      await storage.places.turn({ entering: [gone], leaving: [] }, () => 1, shop.clock.now())
      const id = await startAutomation(shop, work)
      const { dispatcher, gate } = shop.server(engine.tools, other)
      dispatcher.wake(id)
      await until(async () => (await positionOf(storage, id, one)) === 1)
      await gate!.start()
      await until(async () => engine.atWork().includes(id))
      engine.end(id)
      await dispatcher.idle()
      await dispatcher.stop()
    })

    test('accounts take turns, however much one of them has', async t => {
      const opened = await backend.open(t)
      if (!opened) return
      const storage = openStorage(opened.driver)
      const most = (key: string) => (key === 'engine:EXTERNAL' ? 1 : undefined)
      const at = new Date(1)
      let count = 0
      const enter = (name: string, much: number) => {
        const entering = Array.from({ length: much }, (_, i) => {
          count += 1
          const keys: LimitKeys = [`account:${name}`, 'engine:EXTERNAL']
          return { executionId: `${name}${i + 1}`, keys, resumed: false, acceptedAt: count, holder: 'h' }
        })
        return storage.places.turn({ entering, leaving: [] }, most, at)
      }
      const order = [...(await enter('a', 6)).holding]
      await enter('b', 2)
      await enter('c', 1)
      const position = async (id: string) => (await storage.places.position(id, most))?.position
      assert.deepEqual(await Promise.all(['a2', 'b1', 'c1', 'b2', 'a6'].map(position)), [3, 3, 3, 5, 8])
      for (;;) {
        const leaving = [{ executionId: order.at(-1)!, how: 'ended' } as const]
        const [woken] = (await storage.places.turn({ entering: [], leaving }, most, at)).woken
        if (woken === undefined) break
        order.push(woken)
      }
      assert.deepEqual(order, ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4', 'a5', 'a6'])
      assert.equal(await storage.places.isEmpty(), true)
    })

    test('a limit that is raised or taken away lets go of those that wait for it', async t => {
      const opened = await backend.open(t)
      if (!opened) return
      const storage = openStorage(opened.driver)
      const keys: LimitKeys = [account]
      const entering = Array.from({ length: 450 }, (_, i) => ({
        executionId: `e${1000 + i}`,
        keys,
        resumed: false,
        acceptedAt: i,
        holder: 'h',
      }))
      const turn = (most: number | undefined, entering: Parameters<typeof storage.places.turn>[0]['entering'] = []) =>
        storage.places.turn({ entering, leaving: [] }, () => most, new Date(1))
      assert.equal((await turn(1, entering)).holding.size, 1)
      assert.deepEqual((await turn(3)).woken, ['e1001', 'e1002'])
      const freed = [await turn(undefined), await turn(undefined), await turn(undefined)]
      assert.deepEqual(
        freed.map(({ woken, more }) => [woken.length, more]),
        [
          [200, true],
          [200, true],
          [47, false],
        ],
      )
    })
  })
}
