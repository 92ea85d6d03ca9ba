import { Pool, type PoolClient, types } from 'pg'
import { StorageFailure } from '../failure.ts'
import type { Driver, Verb } from '../verb.ts'
import { migrate } from './migrate.ts'
import { NeedsSerializable, type SendJob, Statements } from './statements.ts'

export interface PostgresOptions {
  readonly url: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** 0 to 1. */
  readonly random: () => number
  /** Connections at most; verbs beyond them wait for one. */
  readonly connections?: number
  /** Told of a connection that broke while nobody used it. */
  readonly warn: (text: string) => void
  /** Absent: nobody advances executions (a node that only looks). */
  readonly send?: SendJob
}

/** Milliseconds. A verb's queries go by indices and take a few; one that takes so long holds others up. */
const statementTimeout = 15_000
const connectTimeout = 10_000
/** How often a verb is begun again because another was in its way, or its connection was lost before the commit. */
const mostTries = 12

/**
 * PostgreSQL: every writing verb is one SERIALIZABLE transaction, since verbs are written as if nobody else wrote
 * (docs/decisions.md); the database finds out when that was not so, and the verb runs again. Those that lock what they change
 * are READ COMMITTED. A verb is answered after the commit, which PostgreSQL has written to disk then (synchronous_commit).
 */
export class PostgresDriver implements Driver {
  readonly #options: PostgresOptions
  readonly #pool: Pool
  readonly #statements: Statements
  #closed = false

  private constructor(options: PostgresOptions, pool: Pool) {
    this.#options = options
    this.#pool = pool
    this.#statements = new Statements(options.send)
  }

  /** Connects, and brings the schema up to date: one node does it, others wait. Throws when it cannot. */
  static async open(options: PostgresOptions): Promise<PostgresDriver> {
    const pool = new Pool({
      connectionString: options.url,
      application_name: 'bellhop',
      max: options.connections ?? 10,
      connectionTimeoutMillis: connectTimeout,
      // A dead peer is noticed although nothing is sent.
      keepAlive: true,
      idleTimeoutMillis: 60_000,
      statement_timeout: statementTimeout,
      lock_timeout: statementTimeout,
      idle_in_transaction_session_timeout: 2 * statementTimeout,
      // Who reads a small table whole is in the way of everybody who writes to it: serializable transactions go by indexes.
      options: '-c synchronous_commit=on -c client_min_messages=warning -c enable_seqscan=off',
      types: { getTypeParser },
    })
    pool.on('error', error => options.warn(`A connection to the database broke: ${error.message}`))
    try {
      await migrate(pool, options.now)
    } catch (error) {
      await pool.end()
      throw error
    }
    return new PostgresDriver(options, pool)
  }

  async execute<Arguments extends readonly unknown[], Result>(
    verb: Verb<Arguments, Result>,
    args: Arguments,
  ): Promise<Result> {
    if (this.#closed) throw new Error('Storage is closed.')
    let locks = verb.locks ?? false
    for (let tries = 1; ; tries += 1) {
      const attempt = verb.kind === 'read' ? await this.#read(verb, args) : await this.#write(verb, args, locks)
      if ('result' in attempt) return attempt.result
      if (attempt.error instanceof NeedsSerializable) {
        locks = false
        continue
      }
      if (!attempt.again || tries >= mostTries || this.#closed) throw failureOf(attempt.error)
      await this.#pause(tries)
    }
  }

  /** Lets go of what was deleted or replaced in the table of access keys. */
  async compact(): Promise<void> {
    await this.#pool.query('vacuum access_keys')
  }

  /** The rows that hold secrets, every column as it is stored. */
  async accessKeysAtRest(): Promise<Buffer> {
    const { rows } = await this.#pool.query('select access_keys::text as stored from access_keys')
    return Buffer.from(rows.map(({ stored }) => stored as string).join('\n'))
  }

  /** How large the database is; undefined where this user may not know. */
  async bytes(): Promise<number | undefined> {
    const sized = this.#pool.query('select pg_database_size(current_database())::text as bytes')
    return sized.then(({ rows }) => Number(rows[0].bytes)).catch(() => undefined)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#pool.end()
  }

  async #read<Arguments extends readonly unknown[], Result>(
    verb: Verb<Arguments, Result>,
    args: Arguments,
  ): Promise<Attempt<Result>> {
    try {
      return { result: await this.#statements.run(verb.steps(...args), this.#pool) }
    } catch (error) {
      return { error, again: isLostConnection(error) }
    }
  }

  async #write<Arguments extends readonly unknown[], Result>(
    verb: Verb<Arguments, Result>,
    args: Arguments,
    locks: boolean,
  ): Promise<Attempt<Result>> {
    let client: PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      return { error, again: isLostConnection(error) }
    }
    let broken: Error | undefined
    const breaks = (error: Error) => {
      broken = error
    }
    client.on('error', breaks)
    try {
      await client.query(`begin isolation level ${locks ? 'read committed' : 'serializable'}`)
      const result = await this.#statements.run(verb.steps(...args), client, locks)
      // From here on a lost connection leaves open whether it is committed: that is not tried again.
      await commit(client)
      return { result }
    } catch (error) {
      const again = !(error instanceof UnknownCommit) && (isConflict(error) || isLostConnection(error))
      if (!broken && !isLostConnection(error)) {
        await client.query('rollback').catch(cause => {
          broken = cause as Error
        })
      }
      return { error, again }
    } finally {
      client.off('error', breaks)
      client.release(broken ?? false)
    }
  }

  /** Longer each time, and never the same for two that are in each other's way. */
  async #pause(tries: number): Promise<void> {
    const milliseconds = Math.min(2 ** tries, 500) * (0.5 + this.#options.random())
    await new Promise(resolve => setTimeout(resolve, milliseconds))
  }
}

type Attempt<Result> = { readonly result: Result } | { readonly error: unknown; readonly again: boolean }

/** The connection was lost while the commit was under way: it may have happened or not. */
class UnknownCommit extends Error {}

async function commit(client: PoolClient): Promise<void> {
  try {
    await client.query('commit')
  } catch (error) {
    throw isLostConnection(error) ? new UnknownCommit('', { cause: error }) : error
  }
}

/** What is not the fault of who asked, as a StorageFailure. */
function failureOf(error: unknown): unknown {
  if (error instanceof UnknownCommit) return new StorageFailure('unknown', error.cause)
  if (isLostConnection(error)) return new StorageFailure('away', error)
  const { code } = error as { code?: string }
  // A conflict that came again at every try.
  if (code === '40001' || code === '40P01') return new StorageFailure('busy', error)
  // disk_full; read_only_sql_transaction, as on a standby.
  if (code === '53100') return new StorageFailure('full', error)
  return code === '25006' ? new StorageFailure('readonly', error) : error
}

/** Numbers of 64 bits are times and counts: they fit a JavaScript number. */
export const getTypeParser: typeof types.getTypeParser = ((id: number, format?: 'text' | 'binary') =>
  id === types.builtins.INT8 ? Number : types.getTypeParser(id, format as 'text')) as typeof types.getTypeParser

/** serialization_failure and deadlock_detected; and two that made the same row at once, which the next try will see. */
function isConflict(error: unknown): boolean {
  return ['40001', '40P01', '23505'].includes((error as { code?: string }).code ?? '')
}

/** Codes of the classes 08 (connection) and 57P (shutdown, crash, starting up), and what the network says. */
function isLostConnection(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return (
    /^(08\w{3}|57P0[123]|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT)$/.test(code) ||
    /connection terminated|connection ended|not queryable|timeout exceeded when trying to connect/i.test(message)
  )
}
