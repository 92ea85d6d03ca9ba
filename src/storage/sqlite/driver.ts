import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SqliteQueryCompiler } from 'kysely'
import { StorageFailure } from '../failure.ts'
import { migrations } from '../migrations.ts'
import { compile } from '../prepared.ts'
import type { NotingDriver } from '../remembered.ts'
import { isLock, isWake, isWhole, type Query, type Row, type Step, type Steps, type Verb } from '../verb.ts'
import { failureOf } from './failure.ts'

const pragmas = [
  // First: a backup that reads the file just now must not keep the server from starting.
  'busy_timeout = 5000',
  'journal_mode = wal',
  'synchronous = full',
  'foreign_keys = on',
  // KiB: the pages of indexes that every accept changes stay in memory, and so does what undoes a verb.
  'cache_size = -65536',
  'temp_store = memory',
  // Pages, 32 MiB: moving the log into the database holds a commit up, and many of its pages are written many times.
  'wal_autocheckpoint = 8000',
]

/** Turns of the event loop for which a commit waits at most while more and more join it. */
const mostTurns = 3

interface Prepared {
  readonly statement: StatementSync
  readonly writes: boolean
  readonly tables: readonly string[]
}

interface Waiting {
  readonly steps: () => Steps<unknown>
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * SQLite with WAL and synchronous=FULL. Writes that arrive in one turn of the event loop, or in the next few while
 * more and more do, share one BEGIN..COMMIT, each in a savepoint of its own, and are answered after the commit has been
 * synced: one sync for all of them.
 */
export class SqliteDriver implements NotingDriver {
  readonly #database: DatabaseSync
  readonly #compiler = new SqliteQueryCompiler()
  readonly #statements = new Map<string, Prepared>()
  #tables: ReadonlySet<string> = new Set()
  /** How often each table has been written to, since this was opened. */
  readonly #changes = new Map<string, number>()
  /** Where the tables are noted that the verb in hand looks at. */
  #noted: Set<string> | undefined
  #waiting: Waiting[] = []
  #closed = false

  /** `file` may be ':memory:'. Throws when the file cannot be opened or is not a database of ours. */
  constructor(file: string, now: () => number) {
    this.#database = new DatabaseSync(file)
    for (const pragma of pragmas) this.#database.exec(`pragma ${pragma}`)
    this.#migrate(now)
    const tables = this.#database.prepare("select name from sqlite_master where type = 'table'").all()
    this.#tables = new Set(tables.map(({ name }) => String(name)))
    // Those that were made before the tables were known.
    this.#statements.clear()
  }

  execute<Arguments extends readonly unknown[], Result>(
    verb: Verb<Arguments, Result>,
    args: Arguments,
  ): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error('Storage is closed.'))
    if (verb.kind === 'read') {
      try {
        return Promise.resolve(this.#run(verb.steps(...args)))
      } catch (error) {
        return Promise.reject(failureOf(error))
      }
    }
    return new Promise<Result>((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#gather(1, mostTurns))
      this.#waiting.push({ steps: () => verb.steps(...args), resolve: resolve as (result: unknown) => void, reject })
    })
  }

  executeNoting<Arguments extends readonly unknown[], Result>(verb: Verb<Arguments, Result>, args: Arguments) {
    if (this.#closed) throw new Error('Storage is closed.')
    const noted = new Set<string>()
    this.#noted = noted
    try {
      return { answer: this.#run(verb.steps(...args)), tables: [...noted] }
    } catch (error) {
      throw failureOf(error)
    } finally {
      this.#noted = undefined
    }
  }

  changesOf(tables: readonly string[]): number {
    return tables.reduce((sum, table) => sum + (this.#changes.get(table) ?? 0), 0)
  }

  /** Writes the database anew, so that nothing of what was deleted or replaced is left in its files. */
  compact(): void {
    this.#database.exec('vacuum')
    this.#database.exec('pragma wal_checkpoint(truncate)')
  }

  /** What is wrong with the file, as SQLite says it; undefined: nothing. Reads all of it. */
  check(): string | undefined {
    const [row] = this.#database.prepare('pragma quick_check(1)').all()
    const said = String(row?.['quick_check'])
    return said === 'ok' ? undefined : said
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#commit()
    this.#closed = true
    this.#statements.clear()
    this.#database.close()
  }

  /** Commits once a turn of the event loop has brought nothing more. `known`: how many waited a turn ago. */
  #gather(known: number, turns: number): void {
    const { length } = this.#waiting
    if (length === known || turns === 0) this.#commit()
    else setImmediate(() => this.#gather(length, turns - 1))
  }

  /** Runs everything that waits in one transaction. A verb that throws undoes its own savepoint and nothing else. */
  #commit(): void {
    const group = this.#waiting
    if (group.length === 0) return
    this.#waiting = []
    const answers: (() => void)[] = []
    try {
      this.#database.exec('begin immediate')
      for (const { steps, resolve, reject } of group) {
        this.#statement('savepoint verb').statement.run()
        try {
          const result = this.#run(steps())
          this.#statement('release verb').statement.run()
          answers.push(() => resolve(result))
        } catch (error) {
          const failure = failureOf(error)
          // A disk that is full may have undone the whole transaction: then nothing of the group is left to commit.
          if (failure instanceof StorageFailure || !this.#database.isTransaction) throw failure
          this.#database.exec('rollback to verb; release verb')
          answers.push(() => reject(error))
        }
      }
      this.#database.exec('commit')
    } catch (error) {
      // The commit itself failed (disk full, damaged file): nothing of the group happened, and everybody is told so.
      if (this.#database.isTransaction) this.#database.exec('rollback')
      for (const { reject } of group) reject(failureOf(error))
      return
    }
    for (const answer of answers) answer()
  }

  #run<Result>(steps: Steps<Result>): Result {
    let next = steps.next()
    while (!next.done) {
      let rows: readonly Row[]
      try {
        rows = this.#step(next.value)
      } catch (error) {
        next = steps.throw(error)
        continue
      }
      next = steps.next(rows)
    }
    return next.value
  }

  #step(step: Step): readonly Row[] {
    // Whoever called the verb is of this process, and so is the dispatcher that it tells.
    if (isWake(step)) return []
    // Nobody else writes.
    if (isWhole(step)) return []
    if (!isLock(step)) return this.#query(step)
    return typeof step.lock === 'string' ? [] : this.#query(step.lock)
  }

  #query(query: Query): readonly Row[] {
    const { sql, parameters } = compile(query, this.#compiler)
    const { statement, writes, tables } = this.#statement(sql)
    // Before it runs: what it does before it fails, if it does, may count.
    if (writes) for (const table of tables) this.#changes.set(table, (this.#changes.get(table) ?? 0) + 1)
    if (this.#noted) for (const table of tables) this.#noted.add(table)
    return statement.all(...(parameters as SQLInputValue[])) as readonly Row[]
  }

  #statement(sql: string): Prepared {
    const known = this.#statements.get(sql)
    if (known) return known
    // Lists in queries make many texts of one shape; the cache must not keep them all.
    if (this.#statements.size >= 500) this.#statements.clear()
    // Whatever is named like a table counts as one: too many are noted rather than too few.
    const names = new Set(sql.match(/\w+/g))
    const tables = [...names].filter(name => this.#tables.has(name))
    const prepared = {
      statement: this.#database.prepare(sql),
      writes: !/^(?:select|savepoint|release)\b/.test(sql),
      tables,
    }
    this.#statements.set(sql, prepared)
    return prepared
  }

  #migrate(now: () => number): void {
    this.#database.exec('create table if not exists migrations (name text primary key, applied_at bigint not null)')
    const done = new Set(
      this.#database
        .prepare('select name from migrations')
        .all()
        .map(row => row['name']),
    )
    const unknown = [...done].filter(name => !migrations.some(migration => migration.name === name))
    if (unknown.length > 0) {
      throw new Error(`The database was written by a newer version (migration ${unknown[0]}); this one cannot read it.`)
    }
    const due = migrations.filter(migration => !done.has(migration.name))
    if (due.length === 0) return
    this.#database.exec('begin immediate')
    try {
      for (const { statements } of due) for (const statement of statements) this.#database.exec(statement)
      // Last, since they are written in today's code, which knows all the columns.
      for (const { fill } of due) if (fill) this.#run(fill())
      const record = this.#database.prepare('insert into migrations (name, applied_at) values (?, ?)')
      for (const { name } of due) record.run(name, now())
      this.#database.exec('commit')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      throw error
    }
  }
}
