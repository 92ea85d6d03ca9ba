import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Portfolio } from '../../catalog/entities.ts'
import { testActivity } from '../activity.testsuite.ts'
import { testAutomations } from '../automations.testsuite.ts'
import { testPlaces } from '../places.testsuite.ts'
import { testSearch } from '../provisioned-product-search.testsuite.ts'
import { testResume } from '../resume.testsuite.ts'
import { type Backend, testStorage } from '../storage.testsuite.ts'
import { openStorage } from '../storage.ts'
import { SqliteDriver } from './driver.ts'
import { DataDirectoryInUse, lockDataDirectory } from './lock.ts'

const scope = { accountId: '000000000000', region: 'us-east-1' }
const portfolio = (id: string, at = 1): Portfolio => ({
  scope,
  detail: { Id: id, DisplayName: `name of ${id}`, CreatedTime: new Date(at) },
  tags: [],
})

function temporary(t: { after(fn: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-storage-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

test('what was written is there after the database was opened anew', async t => {
  const file = join(temporary(t), 'bellhop.db')
  const before = openStorage(new SqliteDriver(file, () => 1))
  await before.portfolios.create(portfolio('port-a'), undefined, {})
  await before.close()
  const after = openStorage(new SqliteDriver(file, () => 1))
  t.after(() => after.close())
  assert.deepEqual(await after.portfolios.get(scope, 'port-a'), portfolio('port-a'))
})

test('a write is answered after its commit, and the commit is synced to the disk', async t => {
  const journal: string[] = []
  const modes: unknown[] = []
  const exec = DatabaseSync.prototype.exec
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    exec.call(this, sql)
    if (sql !== 'commit') return
    journal.push('committed')
    modes.push({ ...this.prepare('pragma synchronous').get(), ...this.prepare('pragma journal_mode').get() })
  })
  const storage = openStorage(new SqliteDriver(join(temporary(t), 'bellhop.db'), () => 1))
  t.after(() => storage.close())
  journal.length = 0
  modes.length = 0
  await storage.portfolios.create(portfolio('port-a'), undefined, {}).then(() => journal.push('answered'))
  assert.deepEqual(journal, ['committed', 'answered'])
  // In WAL mode 2, FULL, syncs every commit; 1, NORMAL, may lose the last ones when the power fails.
  assert.deepEqual(modes, [{ synchronous: 2, journal_mode: 'wal' }])
})

test('writes that join in the next turns of the event loop are of one commit; one that is alone waits for nobody', async t => {
  let commits = 0
  const exec = DatabaseSync.prototype.exec
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    exec.call(this, sql)
    if (sql === 'commit') commits += 1
  })
  const storage = openStorage(new SqliteDriver(join(temporary(t), 'bellhop.db'), () => 1))
  t.after(() => storage.close())
  const turn = () => new Promise(resolve => setImmediate(resolve))
  const create = (id: string) => storage.portfolios.create(portfolio(id), undefined, {})
  commits = 0
  const alone = create('port-a')
  await turn()
  assert.equal(commits, 1)
  await alone
  const written = [create('port-b'), create('port-c')]
  for (const id of ['port-d', 'port-e', 'port-f']) {
    await turn()
    assert.equal(commits, 1)
    written.push(create(id))
  }
  await turn()
  assert.equal(commits, 2, 'however many more come')
  await Promise.all(written)
  assert.equal((await storage.portfolios.list(scope, { size: 10 })).items.length, 6)
})

test('a data directory belongs to one server at a time', t => {
  const folder = temporary(t)
  const unlock = lockDataDirectory(folder)
  assert.throws(() => lockDataDirectory(folder), DataDirectoryInUse)
  unlock()
  lockDataDirectory(folder)()
})

test('a database of a newer version is refused, not misread', t => {
  const file = join(temporary(t), 'bellhop.db')
  const database = new DatabaseSync(file)
  database.exec(
    "create table migrations (name text primary key, applied_at bigint); insert into migrations values ('9999-later', 1)",
  )
  database.close()
  assert.throws(() => new SqliteDriver(file, () => 1), /newer version/)
})

const backend: Backend = {
  name: 'SQLite',
  async open(t) {
    const file = join(temporary(t), 'bellhop.db')
    const another = async () => {
      const driver = new SqliteDriver(file, () => 1)
      t.after(() => driver.close())
      return driver
    }
    return { driver: await another(), another }
  },
}

testStorage(backend)
testActivity(backend)
testPlaces(backend)
testAutomations(backend)
testResume(backend)
testSearch(backend)
