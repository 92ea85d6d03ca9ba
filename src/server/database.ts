import { chmodSync, closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { announced } from '../storage/announced.ts'
import { StorageFailure } from '../storage/failure.ts'
import { observed } from '../storage/observed.ts'
import { remembered } from '../storage/remembered.ts'
import { SqliteDriver } from '../storage/sqlite/driver.ts'
import { failureOf } from '../storage/sqlite/failure.ts'
import { openStorage, type Storage } from '../storage/storage.ts'
import type { Clock } from '../worker/clock.ts'
import { type Dispatcher, InProcessDispatcher } from '../worker/dispatcher.ts'
import { Turns } from '../worker/turns.ts'
import type { Worker } from '../worker/worker.ts'
import type { Role } from './options.ts'
import { StartError } from './start-error.ts'

/** Where the data are, and who says what is advanced when: one process over SQLite, or many over PostgreSQL. */
export interface Database {
  readonly storage: Storage
  /** Whether other processes may write to it. */
  readonly shared: boolean
  /** Writes it anew, so that nothing of what was deleted or replaced is left on disk. */
  compact(): Promise<void>
  /** What is kept on disk, for the self-test of encryption: all of it, or what was written last. */
  atRest(which: 'all' | 'last'): Promise<Buffer>
  dispatcher(worker: Worker): Dispatcher
  /** How large it is, with its log; undefined when that cannot be told. */
  bytes(): Promise<number | undefined>
}

export interface DatabaseOptions {
  readonly dataDirectory: string
  readonly databaseUrl?: string | undefined
  readonly role: Role
  /** How many executions this process advances at once. */
  readonly most: number
  readonly clock: Clock
  readonly random: () => number
  readonly warn: (text: string) => void
  readonly report: (message: string, error: unknown) => void
  /** Told how long each write took, in seconds, up to its commit. */
  readonly wrote: (seconds: number) => void
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.databaseUrl === undefined) return openSqlite(options)
  // Loaded when it is asked for: most servers never need it.
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres(options, options.databaseUrl)
}

function openSqlite({ dataDirectory, clock, most, wrote }: DatabaseOptions): Database {
  const file = databaseFile(dataDirectory)
  const log = `${file}-wal`
  const driver = openChecked(file, () => clock.now().getTime())
  const turns = new Turns()
  const storage = openStorage(
    observed(
      announced(remembered(driver), () => turns.wrote()),
      wrote,
    ),
  )
  return {
    storage,
    shared: false,
    compact: async () => driver.compact(),
    atRest: async which => {
      // What was just committed lies in the write-ahead log, whole; the database itself may be large.
      const recent = existsSync(log) ? readFileSync(log) : undefined
      if (which === 'last' && recent) return recent
      return Buffer.concat([readFileSync(file), ...(recent ? [recent] : [])])
    },
    dispatcher: worker => new InProcessDispatcher(worker, storage, clock, most, turns),
    bytes: async () => statSync(file).size + (existsSync(log) ? statSync(log).size : 0),
  }
}

/** Bytes: a file up to this size is checked whole at every start, which takes a second at most. */
const checkedWhole = 256 * 1024 * 1024

/** Throws StartError when the file is damaged, or nothing can be written to it. */
function openChecked(file: string, now: () => number): SqliteDriver {
  let driver: SqliteDriver | undefined
  try {
    driver = new SqliteDriver(file, now)
    const problem = statSync(file).size <= checkedWhole ? driver.check() : undefined
    if (problem === undefined) return driver
    throw new StartError(`The database ${file} is damaged (${problem}): restore a backup (bellhop restore).`)
  } catch (error) {
    driver?.close()
    const failure = failureOf(error)
    if (!(failure instanceof StorageFailure)) throw error
    const advice = failure.reason === 'damaged' ? ' (bellhop restore)' : ''
    throw new StartError(`The database ${file} cannot be used. ${failure.message}${advice}`, { cause: error })
  }
}

/** The database's path, the file made readable by the server's user alone; SQLite gives its companions the same mode. */
function databaseFile(data: string): string {
  const file = join(data, 'bellhop.db')
  if (!existsSync(file) && existsSync(`${file}.moved`)) {
    throw new StartError(
      `What was in ${data} has been moved to PostgreSQL (bellhop move): start with --database-url. What was there lies in ${file}.moved.`,
    )
  }
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
  return file
}
