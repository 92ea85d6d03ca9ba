import { PostgresQueryCompiler } from 'kysely'
import type { ClientBase, Pool } from 'pg'
import { compile } from '../prepared.ts'
import { isWake, type Query, type Row, type Steps, type Wake } from '../verb.ts'

/** Puts the job that advances an execution into the queue, within the transaction of `client`. */
export type SendJob = (client: ClientBase, wake: Wake) => Promise<void>

/** Runs the steps of verbs on a connection, each query after the other. */
export class Statements {
  readonly #send: SendJob | undefined
  readonly #compiler = new PostgresQueryCompiler()
  /** Names of prepared statements by their text. */
  readonly #names = new Map<string, string>()

  constructor(send: SendJob | undefined) {
    this.#send = send
  }

  async run<Result>(steps: Steps<Result>, connection: Pool | ClientBase): Promise<Result> {
    let next = steps.next()
    while (!next.done) {
      let rows: readonly Row[]
      try {
        rows = await this.#query(next.value, connection)
      } catch (error) {
        // In PostgreSQL a failed statement ends its transaction: there is nothing a verb could go on with.
        steps.return(undefined as Result)
        throw error
      }
      next = steps.next(rows)
    }
    return next.value
  }

  async #query(query: Query | Wake, connection: Pool | ClientBase): Promise<readonly Row[]> {
    if (isWake(query)) {
      await this.#send?.(connection as ClientBase, query)
      return []
    }
    const { sql, parameters } = compile(query, this.#compiler)
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
