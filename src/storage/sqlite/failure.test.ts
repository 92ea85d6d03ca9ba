import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Portfolio } from '../../catalog/entities.ts'
import { StorageFailure } from '../failure.ts'
import { openStorage } from '../storage.ts'
import { SqliteDriver } from './driver.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const portfolio = (id: string, name = id): Portfolio => ({
  scope,
  detail: { Id: id, DisplayName: name, CreatedTime: new Date(1) },
  tags: [],
})

test('a disk that is full refuses the whole group, loses nothing, and is written again once there is room', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-full-'))
  t.after(() => rmSync(folder, { recursive: true }))
  let database: DatabaseSync | undefined
  const exec = DatabaseSync.prototype.exec
  const mocked = t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    database = this
    exec.call(this, sql)
  })
  const storage = openStorage(new SqliteDriver(join(folder, 'bellhop.db'), () => 1))
  t.after(() => storage.close())
  mocked.mock.restore()
  await storage.portfolios.create(portfolio('port-before'), undefined, {})
  const { page_count: pages } = database!.prepare('pragma page_count').get() as { page_count: number }
  // SQLite's own way to say that there is no more room.
  database!.exec(`pragma max_page_count = ${pages}`)
  const results = await Promise.allSettled([
    storage.portfolios.create(portfolio('port-small'), undefined, {}),
    storage.portfolios.create(portfolio('port-large', 'x'.repeat(100_000)), undefined, {}),
  ])
  for (const result of results) {
    assert.equal(result.status, 'rejected')
    const { reason } = result as PromiseRejectedResult
    assert.ok(reason instanceof StorageFailure && reason.reason === 'full', String(reason))
  }
  const ids = async () => (await storage.portfolios.list(scope, { size: 10 })).items.map(({ detail }) => detail.Id)
  assert.deepEqual(await ids(), ['port-before'])
  database!.exec('pragma max_page_count = 100000')
  await storage.portfolios.create(portfolio('port-after', 'x'.repeat(100_000)), undefined, {})
  assert.deepEqual(await ids(), ['port-after', 'port-before'])
})
