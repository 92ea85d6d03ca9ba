import { type Compilable, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * A verb is a generator that yields queries and is handed their rows: it says what is read and written, and the driver
 * decides how. SQLite runs a verb in one go, synchronously, which is what lets many verbs share one synced commit
 * (sqlite/driver.ts); a driver for a database over a socket awaits each query instead. So there is one set of queries.
 */
export type Query = Compilable
export type Row = Record<string, unknown>
export type Steps<Result> = Generator<Query | Wake, Result, readonly Row[]>

/**
 * What a verb has done gives an execution something to do: somebody must advance it, once the verb is committed. One
 * process tells its own dispatcher afterwards; where many share a database, the driver puts a job into the same transaction.
 */
export interface Wake {
  readonly wake: string
}

export function isWake(query: Query | Wake): query is Wake {
  return 'wake' in query
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

/** All rows of a query. */
export function* all<T>(query: Compilable<T>): Steps<readonly T[]> {
  return (yield query) as readonly T[]
}

/** The first row of a query, if there is one. */
export function* first<T>(query: Compilable<T>): Steps<T | undefined> {
  return ((yield query) as readonly T[])[0]
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
