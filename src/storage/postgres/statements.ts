import { PostgresQueryCompiler } from 'kysely'
import type { ClientBase, Pool } from 'pg'
import { compile } from '../prepared.ts'
import { isLock, isWake, isWhole, type Query, type Row, type Step, type Steps, type Wake } from '../verb.ts'

/** Puts the job that advances an execution into the queue, within the transaction of `client`. */
export type SendJob = (client: ClientBase, wake: Wake) => Promise<void>

/** The verb must run in a transaction of the level SERIALIZABLE. */
export class NeedsSerializable extends Error {}

/** Runs the steps of verbs on a connection, each query after the other. */
export class Statements {
  readonly #send: SendJob | undefined
  readonly #compiler = new PostgresQueryCompiler()
  /** Names of prepared statements by their text. */
  readonly #names = new Map<string, string>()

  constructor(send: SendJob | undefined) {
    this.#send = send
  }

  /** `locks`: the transaction is not serializable, what its verb locks keeps others away. */
  async run<Result>(steps: Steps<Result>, connection: Pool | ClientBase, locks = false): Promise<Result> {
    let next = steps.next()
    while (!next.done) {
      let rows: readonly Row[]
      try {
        rows = await this.#step(next.value, connection, locks)
      } catch (error) {
        // In PostgreSQL a failed statement ends its transaction: there is nothing a verb could go on with.
        steps.return(undefined as Result)
        throw error
      }
      next = steps.next(rows)
    }
    return next.value
  }

  async #step(step: Step, connection: Pool | ClientBase, locks: boolean): Promise<readonly Row[]> {
    if (isWake(step)) {
      await this.#send?.(connection as ClientBase, step)
      return []
    }
    if (isWhole(step)) {
      if (locks) throw new NeedsSerializable()
      return []
    }
    if (!isLock(step)) return this.#query(step, connection)
    if (typeof step.lock !== 'string') return this.#query(step.lock, connection, ' for update')
    await connection.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [step.lock])
    return []
  }

  async #query(query: Query, connection: Pool | ClientBase, end = ''): Promise<readonly Row[]> {
    const compiled = compile(query, this.#compiler)
    const { parameters } = compiled
    const sql = compiled.sql + end
    const { rows } = await connection.query({ name: this.#name(sql), text: sql, values: [...parameters] })
    return rows
  }

  /** Statements are prepared once a connection; lists in queries make too many texts of one shape to keep them all. */
  #name(sql: string): string | undefined {
    const known = this.#names.get(sql)
    if (known) return known
    if (this.#names.size >= 500) return undefined
    const name = `b${this.#names.size}`
    this.#names.set(sql, name)
    return name
  }
}
