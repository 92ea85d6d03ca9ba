import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CatalogRecord, RecordType } from '../catalog/entities.ts'
import { scope, startAutomation, workshop } from '../worker/testing.ts'
import type { Backend } from './storage.testsuite.ts'
import { openStorage, type Storage } from './storage.ts'
import { type Cursor, write } from './verb.ts'
import type { ActivityFilter, Found } from './verbs/activity.ts'
import { insertRecord, updateRecord } from './verbs/records.ts'

const rest = `{"schemaVersion":"0.3","mainSteps":[{"name":"rest","action":"aws:sleep","inputs":{"Duration":"PT0S"}}]}`
const arn = (name: string) => `arn:aws:iam::000000000000:user/${name}`
const session = (name: string) => `arn:aws:sts::000000000000:assumed-role/Dev/${name}`
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000)

interface Told {
  readonly id: number
  readonly by: string
  readonly type?: RecordType
  readonly status?: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS'
  readonly product?: string
}

function record({ id, by, type = 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION', ...more }: Told): CatalogRecord {
  return {
    scope,
    userArn: by,
    executionId: `execution ${id}`,
    outputs: [],
    request: {},
    detail: {
      RecordId: `rec-${String(id).padStart(5, '0')}`,
      RecordType: type,
      Status: more.status ?? 'SUCCEEDED',
      ProvisionedProductId: `pp-${more.product ?? 'a'}`,
      ProductId: `prod-${more.product ?? 'a'}`,
      CreatedTime: at(id),
      UpdatedTime: at(id),
    },
  }
}

const insertAll = write(function* (records: readonly CatalogRecord[]) {
  for (const each of records) yield* insertRecord(each)
})
const change = write(function* (record: CatalogRecord) {
  yield* updateRecord(record)
})

/** Who did what, as every database must tell it. Run once for each driver. */
export function testActivity(backend: Backend): void {
  describe(`who did what, on ${backend.name}`, () => {
    test('records are found by every filter, by several at once, and a page at a time', async t => {
      const opened = await backend.open(t)
      if (!opened) return
      const storage = openStorage(opened.driver)
      const told: readonly Told[] = [
        { id: 0, by: arn('alice'), type: 'PROVISION_PRODUCT' },
        { id: 1, by: arn('alice'), status: 'FAILED' },
        { id: 2, by: session('bob'), product: 'b' },
        { id: 3, by: session('eve'), status: 'IN_PROGRESS', product: 'b' },
        { id: 4, by: arn('alice'), type: 'PROVISION_PRODUCT', status: 'FAILED', product: 'b' },
      ]
      await opened.driver.execute(insertAll, [told.map(record)])
      const everybody = { access: {} }
      const alice = { userArn: arn('alice') }
      const role = { ownerRole: 'arn:aws:sts::000000000000:assumed-role/Dev/' }
      const filters: readonly (readonly [ActivityFilter, number[]])[] = [
        [everybody, [4, 3, 2, 1, 0]],
        [{ access: alice }, [4, 1, 0]],
        [{ access: role }, [3, 2]],
        [{ access: {}, by: alice }, [4, 1, 0]],
        [{ access: {}, by: role }, [3, 2]],
        [{ access: role, by: { userArn: session('eve') } }, [3]],
        // What one may see and what one asks for must both hold.
        [{ access: alice, by: { userArn: session('eve') } }, []],
        [{ access: alice, by: role }, []],
        [{ ...everybody, status: 'FAILED' }, [4, 1]],
        [{ ...everybody, status: 'SUCCEEDED' }, [2, 0]],
        [{ ...everybody, status: 'IN_PROGRESS' }, [3]],
        [{ ...everybody, status: 'CREATED' }, []],
        [{ ...everybody, type: 'PROVISION_PRODUCT' }, [4, 0]],
        [{ ...everybody, type: 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION' }, [3, 2, 1]],
        [{ access: alice, type: 'PROVISION_PRODUCT', status: 'FAILED', productId: 'prod-b' }, [4]],
        [{ ...everybody, provisionedProductId: 'pp-b' }, [4, 3, 2]],
        [{ ...everybody, productId: 'prod-b', type: 'PROVISION_PRODUCT' }, [4]],
        [{ ...everybody, from: at(1), to: at(3) }, [2, 1]],
        [{ ...everybody, from: at(9) }, []],
      ]
      for (const [filter, expected] of filters) {
        for (const size of [1, 2, 10]) {
          const found = await pages(storage.activity.records, filter, size)
          assert.deepEqual(
            found.map(each => Number(each.detail.RecordId.slice(4))),
            expected,
            `${JSON.stringify(filter)}, ${size} at a time`,
          )
        }
      }
      // A status is that of now.
      await opened.driver.execute(change, [record({ ...told[3]!, status: 'FAILED' })])
      const failed = await pages(storage.activity.records, { ...everybody, status: 'FAILED' }, 10)
      assert.equal(failed.length, 3)
      const elsewhere = await storage.activity.records({ ...scope, region: 'x' }, everybody, { size: 10 })
      assert.deepEqual(elsewhere, { items: [] })
    })

    test('a page looks through so many rows and says how far it came', async t => {
      const opened = await backend.open(t)
      if (!opened) return
      const storage = openStorage(opened.driver)
      const many = Array.from({ length: 2_500 }, (_, id) =>
        record({ id, by: arn('alice'), ...(id % 2_000 === 10 && { product: 'rare' }) }),
      )
      await opened.driver.execute(insertAll, [many])
      // Two that need to be sifted: 2,010 is among the newest 2,000, 10 lies before.
      const filter = { access: { userArn: arn('alice') }, productId: 'prod-rare' }
      const first = await storage.activity.records(scope, filter, { size: 20 })
      assert.deepEqual(
        first.items.map(({ item }) => item.detail.RecordId),
        ['rec-02010'],
      )
      assert.deepEqual(first.until, { at: at(500).getTime(), id: 'rec-00500' })
      const second = await storage.activity.records(scope, filter, { size: 20, after: first.until! })
      assert.deepEqual([second.items.length, second.until], [1, undefined])
    })

    test('what people do to executions is kept, with who it was; what else happens to them is not', async t => {
      const opened = await backend.open(t)
      if (!opened) return
      const storage = openStorage(opened.driver)
      const shop = workshop({}, { storage })
      const id = await startAutomation(shop, rest, { executedBy: arn('alice') })
      const signal = { executionId: id, sentBy: arn('bob'), sentAt: at(1) }
      await storage.executions.signal(
        { ...signal, type: 'Approve', payload: { stepName: 'ask', Comment: ['Fine', 'by me'] } },
        'one',
      )
      await storage.executions.signal({ ...signal, type: 'EngineResult', payload: {} }, 'two')
      await storage.executions.stop(id, 'Complete', at(2), { id: 'three', by: session('eve') })
      await storage.executions.stop(id, 'Cancel', at(3))
      const shown = async (filter: ActivityFilter) =>
        (await pages(storage.activity.interventions, filter, 1)).map(each => each.type)
      assert.deepEqual(await shown({ access: {} }), ['COMPLETE', 'APPROVE'])
      const [, approval] = await pages(storage.activity.interventions, { access: {} }, 5)
      assert.deepEqual(
        [approval?.by, approval?.startedBy, approval?.stepName, approval?.comment],
        [arn('bob'), arn('alice'), 'ask', 'Fine\nby me'],
      )
      // They are the affair of whoever started the execution, and found by whoever did them.
      assert.deepEqual(await shown({ access: { userArn: arn('bob') } }), [])
      assert.deepEqual(await shown({ access: { userArn: arn('alice') } }), ['COMPLETE', 'APPROVE'])
      assert.deepEqual(await shown({ access: {}, by: { userArn: arn('bob') } }), ['APPROVE'])
      const role = { ownerRole: 'arn:aws:sts::000000000000:assumed-role/Dev/' }
      assert.deepEqual(await shown({ access: { userArn: arn('alice') }, by: role, type: 'COMPLETE' }), ['COMPLETE'])
      assert.equal(await storage.retention.deleteInterventions(at(2), 10), 1)
      assert.deepEqual(await shown({ access: {} }), ['COMPLETE'])
    })
  })
}

async function pages<T>(
  list: (
    scope: Parameters<Storage['records']['get']>[0],
    filter: ActivityFilter,
    request: { size: number; after?: Cursor },
  ) => Promise<Found<T>>,
  filter: ActivityFilter,
  size: number,
): Promise<T[]> {
  const all: T[] = []
  let after: Cursor | undefined
  do {
    const { items, until } = await list(scope, filter, { size, ...(after && { after }) })
    all.push(...items.map(({ item }) => item))
    after = until
  } while (after)
  return all
}
