import { Client, type ClientBase } from 'pg'
import { type Cell, RowDigest, selectInOrder, type TableDigest, type TableShape } from '../row-digest.ts'
import type { WholeDatabase } from '../sqlite/whole.ts'
import { getTypeParser } from './driver.ts'
import { JobQueue } from './jobs.ts'
import { migrateAlone, whileAlone } from './migrate.ts'

/** Why a database cannot be taken in; nothing of it was. */
export class TakeInRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'TakeInRefused'
  }
}

interface Options {
  readonly url: string
  readonly source: WholeDatabase
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly warn: (text: string) => void
  /** Told of each table once its copy was read back and found to be the same. */
  readonly copied: (table: string, digest: TableDigest) => void
}

export interface TakenIn {
  /** All of it was there before, from a run that did not come to its end. */
  readonly already: boolean
  /** How many executions have not ended, and go on in their new place. */
  readonly unfinished: number
}

/**
 * Takes the whole of a SQLite database into an empty PostgreSQL one, in one transaction: all of it is there afterwards, with
 * a job for each execution that has something to do, or nothing. Each table is read back and its digest compared. Nodes that
 * start meanwhile wait. Throws TakeInRefused when there is something else in the database.
 */
export async function takeIn({ url, source, now, warn, copied }: Options): Promise<TakenIn> {
  const client = new Client({
    connectionString: url,
    application_name: 'bellhop-move',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    options: '-c synchronous_commit=on -c client_min_messages=warning -c statement_timeout=0 -c lock_timeout=0',
    types: { getTypeParser },
  })
  client.on('error', error => warn(`The connection to the database broke: ${error.message}`))
  await client.connect()
  try {
    return await whileAlone(client, async () => {
      await migrateAlone(client, now)
      await sameMigrations(client, source)
      const jobs = await JobQueue.open({ url, warn, random: () => 0 })
      try {
        const unfinished = await inTransaction(client, () => copy({ client, source, jobs, now, copied }))
        await client.query('analyze')
        return unfinished
      } finally {
        await jobs.close()
      }
    })
  } finally {
    await client.end().catch(() => {})
  }
}

async function copy({
  client,
  source,
  jobs,
  now,
  copied,
}: Pick<Options, 'source' | 'now' | 'copied'> & {
  readonly client: ClientBase
  readonly jobs: JobQueue
}): Promise<TakenIn> {
  const occupied = await firstOccupied(client, source.tables)
  for (const table of source.tables) {
    const digest = new RowDigest()
    for (const batch of source.batches(table)) {
      for (const row of batch) digest.add(row)
      if (!occupied) await insert(client, table, batch)
    }
    const said = digest.result()
    const found = await digestOf(client, table)
    if (found.rows !== said.rows || found.sha256 !== said.sha256) {
      if (occupied) throw new TakeInRefused(`The database is not empty: there is something in its table ${occupied}.`)
      throw new TakeInRefused(`What was copied of the table ${table.name} is not what it was copied from.`)
    }
    copied(table.name, said)
  }
  const { rows } = await client.query('select id, run_at from executions where run_at is not null order by run_at')
  // What waits for a signal or for an engine's word is looked at once, as after every start: it may have come meanwhile.
  const due = (runAt: number) => (runAt > now() && runAt < lastTime ? runAt : 0)
  if (!occupied)
    await jobs.sendAll(
      client,
      rows.map(({ id, run_at }) => ({ executionId: id, at: due(run_at) })),
    )
  return { already: occupied !== undefined, unfinished: rows.length }
}

/** Milliseconds since 1970: later than any timer; see the worker's "until a signal comes". */
const lastTime = 4e12

async function sameMigrations(client: ClientBase, source: WholeDatabase): Promise<void> {
  const { rows } = await client.query('select name from migrations')
  const there = rows.map(({ name }) => name as string).sort()
  if (there.join() === [...source.migrations].sort().join()) return
  throw new TakeInRefused('The two databases have not been through the same migrations.')
}

async function firstOccupied(client: ClientBase, tables: readonly TableShape[]): Promise<string | undefined> {
  for (const { name } of tables) {
    const { rows } = await client.query(`select exists (select from ${name}) as some`)
    if (rows[0].some) return name
  }
  return undefined
}

/** One parameter a column, however many rows. */
async function insert(client: ClientBase, table: TableShape, rows: readonly (readonly Cell[])[]): Promise<void> {
  const names = table.columns.map(({ name }) => name).join(', ')
  const arrays = table.columns.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ')
  const values = table.columns.map((_, i) => rows.map(row => row[i]))
  await client.query(`insert into ${table.name} (${names}) select * from unnest(${arrays})`, values)
}

async function digestOf(client: ClientBase, table: TableShape): Promise<TableDigest> {
  const digest = new RowDigest()
  await client.query(`declare reading no scroll cursor for ${selectInOrder(table)}`)
  for (;;) {
    const { rows } = await client.query({ text: 'fetch 500 from reading', rowMode: 'array' })
    if (rows.length === 0) break
    for (const row of rows) digest.add(row)
  }
  await client.query('close reading')
  return digest.result()
}

async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}
