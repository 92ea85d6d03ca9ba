import type { SelectQueryBuilder } from 'kysely'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import { fromJson } from '../json.ts'
import type { Tables } from '../tables.ts'
import type { Cursor, Page, PageRequest } from '../verb.ts'

/** The two columns every entity is found by, besides its id. */
export function scopeColumns(scope: Scope) {
  return { account_id: scope.accountId, region: scope.region }
}

/** The columns of one entity's key. */
export interface Key {
  readonly account_id: string
  readonly region: string
  readonly id: string
}

/** Entities of rows that hold them in their JSON column. */
export function entities<T>(rows: readonly { data: string }[]): T[] {
  return rows.map(row => fromJson<T>(row.data))
}

// biome-ignore lint/suspicious/noExplicitAny: any table, or join of tables, that has created_at and id
type Listed<Row> = SelectQueryBuilder<Tables, any, Row>

/** For `$call`: sorts a list by created_at and id, begins it after the request's cursor, and reads one row more than a page. */
export function oldestFirst(request: PageRequest) {
  return <Row>(query: Listed<Row>): Listed<Row> => cut(query, request, 'asc')
}

/** The same, the other way round. */
export function newestFirst(request: PageRequest) {
  return <Row>(query: Listed<Row>): Listed<Row> => cut(query, request, 'desc')
}

function cut<Row>(query: Listed<Row>, { after, size }: PageRequest, order: 'asc' | 'desc'): Listed<Row> {
  const beyond = order === 'asc' ? '>' : '<'
  return query
    .$if(after !== undefined, rest =>
      rest.where(({ eb, refTuple, tuple }) => eb(refTuple('created_at', 'id'), beyond, tuple(after!.at, after!.id))),
    )
    .orderBy('created_at', order)
    .orderBy('id', order)
    .limit(size + 1)
}

/**
 * Cuts a page from rows that were read with one row more than the page holds, sorted by created_at and id: that one row
 * tells whether anything follows.
 */
export function page<R extends { created_at: number; id: string }, T>(
  rows: readonly R[],
  request: PageRequest,
  item: (row: R) => T,
): Page<T> {
  const last = rows.length > request.size ? rows[request.size - 1] : undefined
  const next: Cursor | undefined = last && { at: last.created_at, id: last.id }
  const items = rows.slice(0, request.size).map(item)
  return next ? { items, next } : { items }
}

/** Refuses LimitExceeded when `counted` has reached the limit already. `what` ends the sentence, e.g. `portfolios`. */
export function requireBelow(limit: number, counted: { readonly count: number } | undefined, what: string): void {
  if (Number(counted?.count ?? 0) >= limit) {
    throw new Refusal('LimitExceeded', `The limit of ${limit} ${what} has been reached.`)
  }
}
