import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { migrations } from '../../src/storage/migrations.ts'
import { startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { makeUser, outputOf } from '../kit/identity.ts'

/** The files of a data directory that hold a text. */
function filesWith(dataDirectory: string, text: string): string[] {
  return readdirSync(dataDirectory).filter(
    name => statSync(join(dataDirectory, name)).isFile() && readFileSync(join(dataDirectory, name)).includes(text),
  )
}

function change(dataDirectory: string, sql: string, ...values: string[]): void {
  const database = new DatabaseSync(join(dataDirectory, 'bellhop.db'))
  database.prepare(sql).run(...values)
  database.close()
}

describe('secrets at rest', () => {
  test('no secret lies in the data directory in plain text, but the administrator’s in its own file', async t => {
    const dataDirectory = join(temporaryFolder(t), 'data')
    const server = await startBellhop({ dataDirectory })
    const alice = await makeUser(server, 'alice')
    const key = statSync(join(dataDirectory, 'secret.key'))
    assert.equal(key.mode & 0o777, 0o600)
    assert.deepEqual(filesWith(dataDirectory, server.credentials.secretAccessKey), ['credentials'])
    assert.deepEqual(filesWith(dataDirectory, alice.credentials.secretAccessKey), [])
    await server.kill()
    const again = await startBellhop({ dataDirectory })
    const { Arn } = await outputOf({ ...alice, url: again.url }, 'sts', 'GetCallerIdentity')
    assert.match(Arn, /:user\/alice$/)
    assert.equal((await outputOf(again, 'iam', 'ListAccessKeys', { UserName: 'admin' })).AccessKeyMetadata.length, 1)
    assert.equal(await again.stop(), 0)
  })

  test('the key can come from the environment, and then lies nowhere', async t => {
    const dataDirectory = join(temporaryFolder(t), 'data')
    const BELLHOP_SECRET_KEY = randomBytes(32).toString('hex')
    const server = await startBellhop({ dataDirectory, env: { BELLHOP_SECRET_KEY } })
    assert.equal(await server.stop(), 0)
    assert.ok(!existsSync(join(dataDirectory, 'secret.key')))
    assert.deepEqual(filesWith(dataDirectory, BELLHOP_SECRET_KEY), [])
    const other = randomBytes(32).toString('base64')
    const start = (value: string) => startBellhop({ dataDirectory, env: { BELLHOP_SECRET_KEY: value } })
    await assert.rejects(start(other), /code 1 .*sealed with another key than the one in BELLHOP_SECRET_KEY/)
    // A new key would open nothing, so none is made.
    await assert.rejects(startBellhop({ dataDirectory }), /code 1 .*the stored secrets cannot be decrypted/)
    assert.ok(!existsSync(join(dataDirectory, 'secret.key')))
    const again = await start(BELLHOP_SECRET_KEY)
    assert.equal(await again.stop(), 0)
  })

  test('a server does not start on secrets in plain text, changed ones or those of another key', async t => {
    const dataDirectory = join(temporaryFolder(t), 'data')
    const server = await startBellhop({ dataDirectory })
    await makeUser(server, 'alice')
    assert.equal(await server.stop(), 0)
    const { accessKeyId } = server.credentials
    const database = new DatabaseSync(join(dataDirectory, 'bellhop.db'), { readOnly: true })
    const rows = database.prepare('select access_key_id as id, sealed_secret as sealed from access_keys').all()
    database.close()
    assert.equal(rows.length, 2)
    const sealed = rows.find(row => row['id'] === accessKeyId)!['sealed'] as string
    const other = rows.find(row => row['id'] !== accessKeyId)!['sealed'] as string
    const set = (column: string, value: string) =>
      change(dataDirectory, `update access_keys set ${column} = ? where access_key_id = ?`, value, accessKeyId)
    const start = () => startBellhop({ dataDirectory })

    set('secret', 'left in plain text')
    await assert.rejects(start(), /code 1 .*is stored in plain text/)
    set('secret', '')
    set('sealed_secret', 'in plain text')
    await assert.rejects(start(), (error: Error) => {
      assert.match(error.message, /code 1 .*cannot be decrypted/)
      return !error.message.includes('in plain text')
    })
    set('sealed_secret', other)
    await assert.rejects(start(), /code 1 .*cannot be decrypted/)
    set('sealed_secret', sealed)
    writeFileSync(join(dataDirectory, 'secret.key'), 'no key')
    await assert.rejects(start(), /code 1 .*secret\.key must hold 32 bytes/)
  })

  test('secrets that an older version left in plain text are sealed, and are nowhere on disk any more', async t => {
    const dataDirectory = join(temporaryFolder(t), 'data')
    mkdirSync(dataDirectory)
    const database = new DatabaseSync(join(dataDirectory, 'bellhop.db'))
    database.exec('pragma journal_mode = wal')
    database.exec('create table migrations (name text primary key, applied_at bigint not null)')
    const first = migrations[0]!
    for (const statement of first.statements) database.exec(statement)
    database.prepare('insert into migrations values (?, 0)').run(first.name)
    const secretAccessKey = 'an old secret of forty characters, plain'
    const identity = {
      accountId: '123456789012',
      arn: 'arn:aws:iam::123456789012:user/admin',
      userId: 'AIDAOLDOLDOLDOLDOLD2',
      administrator: true,
    }
    database
      .prepare('insert into access_keys values (?, ?, ?, ?)')
      .run(
        'AKIAOLDOLDOLDOLDOLD2',
        identity.accountId,
        secretAccessKey,
        JSON.stringify({ status: 'Active', createdAt: { $date: 0 }, identity }),
      )
    database.close()
    writeFileSync(
      join(dataDirectory, 'credentials'),
      `[bellhop]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD2\naws_secret_access_key = ${secretAccessKey}\n`,
    )
    assert.deepEqual(filesWith(dataDirectory, secretAccessKey), ['bellhop.db', 'credentials'])

    const server = await startBellhop({ dataDirectory })
    assert.deepEqual(filesWith(dataDirectory, secretAccessKey), ['credentials'])
    const { User } = await outputOf(server, 'iam', 'GetUser')
    assert.deepEqual([User.Arn, User.UserId], [identity.arn, identity.userId])
    await outputOf(server, 'iam', 'CreateUser', { UserName: 'alice' })
    assert.equal(await server.stop(), 0)
    const again = await startBellhop({ dataDirectory })
    await outputOf(again, 'iam', 'GetUser', { UserName: 'alice' })
    assert.equal(await again.stop(), 0)
  })
})
