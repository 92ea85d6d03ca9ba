import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import type { Intervention } from '../../catalog/activity.ts'
import type { CatalogRecord } from '../../catalog/entities.ts'
import type { Scope } from '../../catalog/scope.ts'
import { fromJson } from '../json.ts'
import type { Tables } from '../tables.ts'
import { all, type Cursor, db, first, type PageRequest, read, type Steps } from '../verb.ts'
import { type AccessFilter, ownedBy } from './owned.ts'
import { newestFirst } from './scoped.ts'

/** Which of what was done is meant; all of it together. */
export interface ActivityFilter {
  /** Whose it may be. */
  readonly access: AccessFilter
  /** Who did it. */
  readonly by?: AccessFilter
  readonly type?: string
  readonly status?: string
  readonly provisionedProductId?: string
  readonly productId?: string
  readonly from?: Date
  /** The first moment that is too late. */
  readonly to?: Date
}

/**
 * What was found going back from a place in time, the newest first. `until`: so far it was looked, and there may be more
 * before; absent where there is none.
 */
export interface Found<T> {
  readonly items: readonly { readonly item: T; readonly place: Cursor }[]
  readonly until?: Cursor
}

/**
 * Rows that one page may look at. A filter for which there is an index finds its rows at once; of several filters one is
 * looked up and the others are applied to what it finds, so that no page costs more, however many rows there are.
 */
const mostLookedAt = 2_000

type Source = 'records' | 'interventions'

/** A filter as conditions: one that an index serves, if there is any, and those that its rows are sifted by. */
interface Ways<Table extends Source> {
  readonly looked: Condition<Table> | undefined
  readonly sifted: readonly Condition<Table>[]
}

type Condition<Table extends Source> = (eb: ExpressionBuilder<Tables, Table>) => Expression<SqlBool>
type Given<Table extends Source> = readonly (Condition<Table> | undefined)[]

/** Of those with an index of their own the first is looked up; the others, and those without one, sift. */
function waysOf<Table extends Source>(indexed: Given<Table>, others: Given<Table>): Ways<Table> {
  const [looked, ...rest] = indexed.filter(condition => condition !== undefined)
  return { looked, sifted: [...rest, ...others.filter(condition => condition !== undefined)] }
}

function owned<Table extends Source>(filter: AccessFilter | undefined): Condition<Table> | undefined {
  if (filter?.userArn === undefined && filter?.ownerRole === undefined) return undefined
  return ownedBy(filter) as unknown as Condition<Table>
}

const isAction = 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION'

function recordWays(filter: ActivityFilter): Ways<'records'> {
  const { access, by, type, status, provisionedProductId, productId } = filter
  const ended = status === 'SUCCEEDED' || status === 'FAILED'
  return waysOf<'records'>(
    [
      provisionedProductId === undefined ? undefined : eb => eb('provisioned_product_id', '=', provisionedProductId),
      owned(by?.userArn === undefined ? access : by),
      owned(by?.userArn === undefined ? by : access),
      // As text, since an index of some rows only is used where the query says the same as the index.
      status === undefined || ended
        ? undefined
        : eb => eb.and([sql<boolean>`status <> 'SUCCEEDED' and status <> 'FAILED'`, eb('status', '=', status)]),
      status === 'FAILED' ? () => sql<boolean>`status = 'FAILED'` : undefined,
      type === undefined || type === isAction
        ? undefined
        : eb => eb.and([sql<boolean>`record_type <> ${sql.lit(isAction)}`, eb('record_type', '=', type)]),
      productId === undefined ? undefined : eb => eb('product_id', '=', productId),
    ],
    // Most rows are like this.
    [
      type === isAction ? eb => eb('record_type', '=', type) : undefined,
      status === 'SUCCEEDED' ? eb => eb('status', '=', status) : undefined,
    ],
  )
}

function interventionWays(filter: ActivityFilter): Ways<'interventions'> {
  const { access, by, type, provisionedProductId, productId } = filter
  return waysOf<'interventions'>(
    [
      provisionedProductId === undefined ? undefined : eb => eb('provisioned_product_id', '=', provisionedProductId),
      by?.userArn === undefined ? undefined : eb => eb('sent_by', '=', by.userArn!),
      access.userArn === undefined ? undefined : owned(access),
    ],
    [
      access.userArn === undefined ? owned(access) : undefined,
      by?.ownerRole === undefined ? undefined : eb => eb('sender_role', '=', by.ownerRole!),
      type === undefined ? undefined : eb => eb('type', '=', type),
      productId === undefined ? undefined : eb => eb('product_id', '=', productId),
    ],
  )
}

function* found<Table extends Source, T>(
  table: Table,
  { looked, sifted }: Ways<Table>,
  scope: Scope,
  { from, to }: ActivityFilter,
  request: PageRequest,
): Steps<Found<T>> {
  // biome-ignore lint/suspicious/noExplicitAny: one of two tables, and both have the columns that are named here
  type Builder = SelectQueryBuilder<any, any, { id: string; created_at: number; data: string }>
  const conditionOf = (condition: Condition<Table>) => condition as unknown as () => Expression<SqlBool>
  const looking = (db.selectFrom(table as Source) as unknown as Builder)
    .where('account_id', '=', scope.accountId)
    .where('region', '=', scope.region)
    .$if(looked !== undefined, query => query.where(conditionOf(looked!)))
    .$if(from !== undefined, query => query.where('created_at', '>=', from!.getTime()))
    .$if(to !== undefined, query => query.where('created_at', '<', to!.getTime()))
  const place = looking.select(['id', 'created_at'])
  let query = place.select('data').$call(newestFirst(request))
  let edge: { readonly id: string; readonly created_at: number } | undefined
  if (sifted.length > 0) {
    edge = yield* first(place.$call(newestFirst({ ...request, size: 0 })).offset(mostLookedAt - 1))
    // What has a limit is looked up by itself, in both databases: the sifting does not lead them to another index.
    const inner = looking.selectAll().$call(newestFirst({ ...request, size: mostLookedAt - 1 }))
    query = sifted
      .reduce(
        (outer, condition) => outer.where(conditionOf(condition)),
        db.selectFrom((inner as Builder).as('looked')) as unknown as Builder,
      )
      .select(['id', 'created_at', 'data'])
      .$call(newestFirst({ size: request.size }))
  }
  const rows = yield* all(query)
  const items = rows
    .slice(0, request.size)
    .map(({ id, created_at, data }) => ({ item: fromJson<T>(data), place: { at: created_at, id } }))
  if (rows.length > request.size) return { items, until: items.at(-1)!.place }
  return edge ? { items, until: { at: edge.created_at, id: edge.id } } : { items }
}

/** Who did what, newest first: records of what was asked for, and what was done to executions under way. */
export const activity = {
  records: read((scope: Scope, filter: ActivityFilter, request: PageRequest) =>
    found<'records', CatalogRecord>('records', recordWays(filter), scope, filter, request),
  ),
  interventions: read((scope: Scope, filter: ActivityFilter, request: PageRequest) =>
    found<'interventions', Intervention>('interventions', interventionWays(filter), scope, filter, request),
  ),
}
