import type { ClientBase, Pool } from 'pg'
import { migrations } from '../migrations.ts'
import { Statements } from './statements.ts'

/** A number of our own: whoever holds this lock migrates, all others wait. */
const migrationLock = 4_880_001

/** Brings the schema up to date. Throws when the database was written by a newer version. */
export async function migrate(pool: Pool, now: () => number): Promise<void> {
  const client = await pool.connect()
  try {
    // Waiting for another node takes as long as it takes.
    await client.query('set lock_timeout = 0; set statement_timeout = 0')
    await whileAlone(client, () => migrateAlone(client, now))
  } finally {
    // With the settings from above it is not for anybody else.
    client.release(true)
  }
}

/** Does something while no other process migrates; every node that starts waits for that. */
export async function whileAlone<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('select pg_advisory_lock($1)', [migrationLock])
  try {
    return await work()
  } finally {
    // A connection that broke has let go of it.
    await client.query('select pg_advisory_unlock($1)', [migrationLock]).catch(() => {})
  }
}

/** For whoever holds the lock (whileAlone). */
export async function migrateAlone(client: ClientBase, now: () => number): Promise<void> {
  await client.query(
    portable('create table if not exists migrations (name text primary key, applied_at bigint not null)'),
  )
  const { rows } = await client.query('select name from migrations')
  const done = new Set(rows.map(({ name }) => name as string))
  const unknown = [...done].filter(name => !migrations.some(migration => migration.name === name))
  if (unknown.length > 0) {
    throw new Error(`The database was written by a newer version (migration ${unknown[0]}); this one cannot read it.`)
  }
  const due = migrations.filter(({ name }) => !done.has(name))
  if (due.length === 0) return
  await client.query('begin')
  try {
    for (const { statements } of due) for (const statement of statements) await client.query(portable(statement))
    // Last, since they are written in today's code, which knows all the columns.
    const run = new Statements(undefined)
    for (const { fill } of due) if (fill) await run.run(fill(), client)
    for (const { name } of due) {
      await client.query('insert into migrations (name, applied_at) values ($1, $2)', [name, now()])
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/** Text sorts by its bytes, as in SQLite, whatever the database's own order is. */
function portable(statement: string): string {
  return statement.replace(/\btext\b(?=[^']*(?:'[^']*'[^']*)*$)/g, 'text collate "C"')
}
