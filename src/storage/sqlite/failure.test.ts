import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
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

/** A storage and the database within it, to be told what no client of the storage could tell it. */
function openWithin(t: TestContext, file: string) {
  let database: DatabaseSync | undefined
  const exec = DatabaseSync.prototype.exec
  const mocked = t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    database = this
    exec.call(this, sql)
  })
  const storage = openStorage(new SqliteDriver(file, () => 1))
  t.after(() => storage.close())
  mocked.mock.restore()
  return { storage, database: database! }
}

test('a disk that is full refuses the whole group, loses nothing, and is written again once there is room', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-full-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const { storage, database } = openWithin(t, join(folder, 'bellhop.db'))
  await storage.portfolios.create(portfolio('port-before'), undefined, {})
  const { page_count: pages } = database.prepare('pragma page_count').get() as { page_count: number }
  // SQLite's own way to say that there is no more room.
  database.exec(`pragma max_page_count = ${pages}`)
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
  database.exec('pragma max_page_count = 100000')
  await storage.portfolios.create(portfolio('port-after', 'x'.repeat(100_000)), undefined, {})
  assert.deepEqual(await ids(), ['port-after', 'port-before'])
})

test('what cannot be written since it is read-only is said so, can be read, and is written once it can be', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-readonly-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const { storage, database } = openWithin(t, join(folder, 'bellhop.db'))
  await storage.portfolios.create(portfolio('port-before'), undefined, {})
  // As a file system that was mounted anew, read-only, answers.
  database.exec('pragma query_only = true')
  const refused = (error: unknown) => error instanceof StorageFailure && error.reason === 'readonly'
  await assert.rejects(storage.portfolios.create(portfolio('port-refused'), undefined, {}), refused)
  const ids = async () => (await storage.portfolios.list(scope, { size: 10 })).items.map(({ detail }) => detail.Id)
  assert.deepEqual(await ids(), ['port-before'])
  database.exec('pragma query_only = false')
  await storage.portfolios.create(portfolio('port-after'), undefined, {})
  assert.deepEqual(await ids(), ['port-after', 'port-before'])
})

test('damage that is found by a verb is told as such, and is no answer', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-damaged-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'bellhop.db')
  const before = openStorage(new SqliteDriver(file, () => 1))
  for (let i = 0; i < 20; i += 1)
    await before.portfolios.create(portfolio(`port-${i}`, 'x'.repeat(5_000)), undefined, {})
  await before.close()
  const bytes = readFileSync(file)
  const database = new DatabaseSync(file, { readOnly: true })
  const rootpage = Number(
    database.prepare("select rootpage from sqlite_master where name = 'portfolios'").get()!['rootpage'],
  )
  database.close()
  bytes.fill(0xa5, (rootpage - 1) * 4096, rootpage * 4096)
  writeFileSync(file, bytes)
  const storage = openStorage(new SqliteDriver(file, () => 1))
  t.after(() => storage.close())
  const damaged = (error: unknown) => error instanceof StorageFailure && error.reason === 'damaged'
  await assert.rejects(storage.portfolios.list(scope, { size: 10 }), damaged)
  await assert.rejects(storage.portfolios.create(portfolio('port-new'), undefined, {}), damaged)
})

test('a start waits for whoever has the file for a moment, such as a backup', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-busy-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'bellhop.db')
  const holds = `
    const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(process.argv[1])
    database.exec('create table held (one integer); begin exclusive')
    process.stdout.write('held')
    setTimeout(() => database.exec('commit'), 200)
  `
  const child = spawn(process.execPath, ['-e', holds, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise(resolve => child.once('exit', resolve))
  await new Promise(resolve => child.stdout.once('data', resolve))
  await new SqliteDriver(file, () => 1).close()
  await gone
})
