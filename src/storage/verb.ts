import { type Compilable, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * A verb is a generator that yields queries and is handed their rows: it says what is read and written, and the driver
 * decides how. SQLite runs a verb in one go, synchronously, which is what lets many verbs share one synced commit
 * (sqlite/driver.ts); a driver for a database over a socket awaits each query instead. So there is one set of queries.
 */
export type Query = Compilable
export type Row = Record<string, unknown>
export type Step = Query | Wake | Lock | Whole
export type Steps<Result> = Generator<Step, Result, readonly Row[]>

/**
 * What a verb has done gives an execution something to do: somebody must advance it, once the verb is committed. One
 * process tells its own dispatcher afterwards; where many share a database, the driver puts a job into the same transaction.
 */
export interface Wake {
  readonly wake: string
}

export function isWake(step: Step): step is Wake {
  return 'wake' in step
}

/**
 * Rows, or something by its name, that nobody else may change or hold until this verb is committed. Only verbs that lock what
 * they change need it (writeLocked); where one process writes alone, nobody else is there.
 */
export interface Lock {
  readonly lock: Query | string
}

export function isLock(step: Step): step is Lock {
  return 'lock' in step
}

/** What follows rests on more than the verb has locked: it must be as if nobody else wrote meanwhile. */
export interface Whole {
  readonly whole: true
}

export function isWhole(step: Step): step is Whole {
  return 'whole' in step
}

/** Says of a verb that locks what it changes that this time it is not enough. */
export function* whole(): Steps<void> {
  yield { whole: true }
}

/** Says that an execution has something to do. */
export function* wake(executionId: string): Steps<void> {
  yield { wake: executionId }
}

/** Builds queries; it has no connection. The driver compiles what is yielded for its own database. */
export const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: kysely => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

export interface Verb<Arguments extends readonly unknown[], Result> {
  /** A writing verb runs in a transaction that is synced to disk before the result is handed out. */
  readonly kind: 'read' | 'write'
  /** It locks what it changes; see writeLocked. */
  readonly locks?: boolean
  readonly steps: (...args: Arguments) => Steps<Result>
}

export function read<Arguments extends readonly unknown[], Result>(
  steps: (...args: Arguments) => Steps<Result>,
): Verb<Arguments, Result> {
  return { kind: 'read', steps }
}

export function write<Arguments extends readonly unknown[], Result>(
  steps: (...args: Arguments) => Steps<Result>,
): Verb<Arguments, Result> {
  return { kind: 'write', steps }
}

/**
 * A writing verb that reads what it is going to change by firstLocked, and whose result depends on nothing else that others
 * change; or says `whole` when it does. Such verbs wait for each other instead of running again.
 */
export function writeLocked<Arguments extends readonly unknown[], Result>(
  steps: (...args: Arguments) => Steps<Result>,
): Verb<Arguments, Result> {
  return { kind: 'write', locks: true, steps }
}

/** All rows of a query. */
export function* all<T>(query: Compilable<T>): Steps<readonly T[]> {
  return (yield query) as readonly T[]
}

/** The first row of a query, if there is one. */
export function* first<T>(query: Compilable<T>): Steps<T | undefined> {
  return ((yield query) as readonly T[])[0]
}

/** The first row of a query, if there is one, which nobody else changes until this verb is committed. */
export function* firstLocked<T>(query: Compilable<T>): Steps<T | undefined> {
  return ((yield { lock: query }) as readonly T[])[0]
}

/** Who locks the same name waits until this verb is committed. */
export function* lockName(name: string): Steps<void> {
  yield { lock: name }
}

/** Runs a query for its effect. */
export function* run(query: Compilable<unknown>): Steps<void> {
  yield query
}

// biome-ignore lint/suspicious/noExplicitAny: a table of verbs holds verbs of any arguments
export type VerbTable = Readonly<Record<string, Verb<any, any>>>

/** A table of verbs as its callers see it: methods that answer promises. */
export type Bound<T extends VerbTable> = {
  readonly [Name in keyof T]: T[Name] extends Verb<infer Arguments, infer Result>
    ? (...args: Arguments) => Promise<Result>
    : never
}

export interface Driver {
  execute<Arguments extends readonly unknown[], Result>(verb: Verb<Arguments, Result>, args: Arguments): Promise<Result>
  close(): Promise<void>
}

export function bind<T extends VerbTable>(driver: Driver, verbs: T): Bound<T> {
  const bound: Record<string, (...args: unknown[]) => Promise<unknown>> = {}
  for (const [name, verb] of Object.entries(verbs)) bound[name] = (...args) => driver.execute(verb, args)
  return bound as Bound<T>
}

/** One page of a list: its items and, when more follow, where the next page starts. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: Cursor
}

/** A place in a list that is sorted by time and id; items made later do not move it. */
export interface Cursor {
  readonly at: number
  readonly id: string
}

export interface PageRequest {
  readonly size: number
  readonly after?: Cursor
}
