import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Execution } from '../catalog/execution.ts'
import { scope, startAutomation, storeDocument, workshop } from '../worker/testing.ts'
import type { Backend } from './storage.testsuite.ts'
import { openStorage, type Storage } from './storage.ts'
import type { AutomationFilter } from './verbs/automations.ts'
import { automationQuotas, StaleClaim } from './verbs/executions.ts'

const rest = `{"schemaVersion":"0.3","mainSteps":[{"name":"rest","action":"aws:sleep","inputs":{"Duration":"PT0S"}}]}`
const targeted = `
schemaVersion: '0.3'
parameters: {Who: {type: String}}
mainSteps: [{name: run, action: 'aws:executeAutomation', inputs: {DocumentName: Rest}}]
`

/** Executions of documents, as every database must keep them. Run once for each driver. */
export function testAutomations(backend: Backend): void {
  describe(`automation executions on ${backend.name}`, () => {
    /** A test on a shop whose storage is one node's, and on another node's over the same database. */
    const check = (name: string, body: (shop: ReturnType<typeof workshop>, two: Storage) => Promise<void>) =>
      test(name, async t => {
        const opened = await backend.open(t)
        if (!opened) return
        await body(workshop({}, { storage: openStorage(opened.driver) }), openStorage(await opened.another()))
      })
    const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000)

    check('are listed by every filter, by several at once, and a page at a time', async (shop, two) => {
      const ids: string[] = []
      const parentId = '99999999-0000-4000-8000-000000000000'
      const group = [{ Key: 'ResourceGroup', Values: ['web'] }]
      const rateControl = { targetParameterName: 'Who', targets: group, maxConcurrency: '1', maxErrors: '1' }
      const rows: readonly Partial<Execution>[] = [
        { document: { name: 'Restart', version: '1', content: rest }, tags: [{ Key: 'team', Value: 'blue' }] },
        {
          document: { name: 'restart', version: '1', content: rest },
          executedBy: 'arn:aws:iam::000000000000:user/eve',
        },
        { document: { name: 'Ünï', version: '1', content: rest }, parent: { executionId: parentId, depth: 1 } },
        {
          crossAccount: true,
          tags: [
            { Key: 'team', Value: 'red' },
            { Key: 'tier', Value: '1' },
          ],
        },
        { rateControl },
        { scope: { ...scope, region: 'eu-west-1' } },
      ]
      for (const row of rows) {
        ids.push(await startAutomation(shop, rest, row))
        shop.clock.advance(1000)
      }
      const found = async (filter: AutomationFilter, size = 10) =>
        (await two.automations.list(scope, filter, { size })).items.map(each => ids.indexOf(each.id))
      const filters: readonly (readonly [AutomationFilter, number[]])[] = [
        [{}, [4, 3, 2, 1, 0]],
        [{ namePrefixes: ['Re'] }, [0]],
        [{ namePrefixes: ['re', 'Ü'] }, [2, 1]],
        [{ namePrefixes: ['Re%'] }, []],
        [{ statuses: ['Pending'] }, [4, 3, 2, 1, 0]],
        [{ statuses: ['Success', 'Failed'] }, []],
        [{ ids: [ids[1]!, ids[5]!] }, [1]],
        [{ parentIds: [parentId] }, [2]],
        [{ executedBy: 'arn:aws:iam::000000000000:user/eve' }, [1]],
        [{ startedBefore: at(1) }, [0]],
        [{ startedAfter: at(2), startedBefore: at(4) }, [3]],
        [{ automationTypes: ['CrossAccount'] }, [3]],
        [{ tagKeys: ['team'] }, [3, 0]],
        [{ tagKeys: ['tier', 'team'] }, [3, 0]],
        [{ tagKeys: ['team'], automationTypes: ['Local'] }, [0]],
        [{ resourceGroups: ['web'] }, [4]],
        [{ currentActions: ['aws:sleep'] }, []],
      ]
      for (const [filter, wanted] of filters) assert.deepEqual(await found(filter), wanted, JSON.stringify(filter))
      const first = await two.automations.list(scope, {}, { size: 3 })
      const second = await two.automations.list(scope, {}, { size: 3, after: first.next! })
      assert.deepEqual(
        [...first.items, ...second.items].map(each => ids.indexOf(each.id)),
        [4, 3, 2, 1, 0],
      )
    })

    check('start a child once, whoever asks, and its end wakes its parent', async (shop, two) => {
      const { storage: one, clock } = shop
      const parentId = await startAutomation(shop, rest)
      const found = (await one.executions.get(parentId))!
      const id = '88888888-0000-4000-8000-000000000000'
      const child: Execution = { ...found, id, parent: { executionId: parentId, depth: 1 } }
      const answers = await Promise.all([one, two, one, two].map(node => node.automations.startChild(child)))
      assert.deepEqual(new Set(answers.map(each => each.id)), new Set([id]))
      assert.equal((await one.automations.list(scope, { parentIds: [parentId] }, { size: 10 })).items.length, 1)
      const claimed = (await two.executions.claim(id, clock.now()))!
      const end = { status: 'Success', outputs: {}, endedAt: clock.now() } as const
      assert.deepEqual(await two.executions.end(id, claimed.epoch, [], end, undefined), [parentId])
    })

    check('begin, and resolve their targets, by the claim that holds them alone', async (shop, two) => {
      const { storage: one, clock } = shop
      const id = await startAutomation(shop, rest)
      const first = (await one.executions.claim(id, clock.now()))!
      const second = (await two.executions.claim(id, clock.now()))!
      const beginning = { parameters: { Who: ['bob'] }, roleArn: 'arn:aws:iam::000000000000:role/Weak' }
      await assert.rejects(one.automations.begin(id, first.epoch, beginning, clock.now()), StaleClaim)
      await assert.rejects(one.automations.resolveTargets(id, first.epoch, [], clock.now()), StaleClaim)
      await assert.rejects(one.automations.saveRuns(id, first.epoch, [], [], 0), StaleClaim)
      await two.automations.begin(id, second.epoch, beginning, clock.now())
      const { parameters, roleArn } = (await one.executions.get(id))!
      assert.deepEqual({ parameters, roleArn }, beginning)
    })

    check('wait for their turn over the quota, over all nodes', async (shop, two) => {
      const { storage: one, clock } = shop
      const ids: string[] = []
      for (let i = 0; i <= automationQuotas.concurrent; i++) ids.push(await startAutomation(shop, rest))
      const nodes = [one, two]
      // All at the same moment: nobody may count what another is about to begin.
      await Promise.all(ids.map((id, i) => nodes[i % 2]!.executions.claim(id, clock.now())))
      const statuses = async (status: string) =>
        (await two.automations.list(scope, { statuses: [status] }, { size: 200 })).items.map(each => each.id)
      const [queued, ...others] = await statuses('Pending')
      assert.ok(queued && others.length === 0)
      const [first] = await statuses('InProgress')
      const { epoch } = (await one.executions.get(first!))!
      const end = { status: 'Success', outputs: {}, endedAt: clock.now() } as const
      const [woken, tried] = await Promise.all([
        two.executions.end(first!, epoch, [], end, undefined),
        one.executions.claim(queued, clock.now()),
      ])
      assert.ok(woken.includes(queued) || tried?.status === 'InProgress', 'it waits, and nobody has woken it')
      assert.equal((await one.executions.claim(queued, clock.now()))?.status, 'InProgress')
    })

    check('run a document for each target, and documents below it, to the end', async shop => {
      const { storage, clock } = shop
      await storeDocument(storage, clock, 'Rest', rest)
      const targets = [{ Key: 'ParameterValues', Values: ['a', 'b', 'c'] }]
      const rateControl = { targetParameterName: 'Who', targets, maxConcurrency: '2', maxErrors: '0' }
      const id = await startAutomation(shop, targeted, { rateControl })
      const { dispatcher } = shop.server()
      await dispatcher.start()
      while (!(await storage.executions.get(id))!.endedAt) await dispatcher.idle().then(() => new Promise(setImmediate))
      assert.deepEqual(
        (await storage.executions.steps(id)).map(step => [step.name, step.status]),
        ['a', 'b', 'c'].map(name => [name, 'Success']),
      )
      assert.equal((await storage.automations.list(scope, { statuses: ['Success'] }, { size: 10 })).items.length, 7)
      assert.deepEqual(shop.reports, [])
      await dispatcher.stop()
    })
  })
}
