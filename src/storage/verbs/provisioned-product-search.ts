import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely'
import type { Product, ProvisionedProduct, ProvisioningArtifact } from '../../catalog/entities.ts'
import type { Scope } from '../../catalog/scope.ts'
import { type SearchQuery, wordsOf } from '../../catalog/search-query.ts'
import { fromJson } from '../json.ts'
import type { Tables } from '../tables.ts'
import { all, db, first, type Steps } from '../verb.ts'
import type { AccessFilter } from './owned.ts'
import { countOwned } from './provisioned-product-index.ts'
import { type Condition, checked, foundBy, type Way, waysOf } from './provisioned-product-ways.ts'
import { entities } from './scoped.ts'

/** What a search is sorted by, and the column that has it. */
const sortColumns = {
  arn: 'arn',
  createdTime: 'created_at',
  id: 'id',
  lastRecordId: 'last_record_id',
  name: 'name',
} as const

export type SearchSort = keyof typeof sortColumns

export const searchSorts = Object.keys(sortColumns) as readonly SearchSort[]

/** A place in a sorted list: what it is sorted by, then the id. */
export type Place = readonly [value: string | number, id: string]

export interface SearchRequest {
  /** All must be met. */
  readonly queries: readonly SearchQuery[]
  readonly sortBy: SearchSort
  readonly descending: boolean
  readonly size: number
  readonly after?: Place
}

export interface FoundProduct {
  readonly provisioned: ProvisionedProduct
  readonly product: Product | undefined
  readonly artifact: ProvisioningArtifact | undefined
}

export interface SearchResult {
  readonly items: readonly FoundProduct[]
  /** Where the next page starts. A page may be short, or empty, and have one. */
  readonly next: Place | undefined
  /** Undefined where too many would have to be looked at to count them. */
  readonly total: number | undefined
}

/** How much one call does at most, so that it never holds up the others for long. */
export interface SearchLimits {
  /** What an index finds is gone through as a list up to so many. */
  readonly candidates: number
  /** Otherwise so many rows are looked at for one page. */
  readonly lookedAt: number
}

const ordinaryLimits: SearchLimits = { candidates: 1000, lookedAt: 5000 }

type Rows = SelectQueryBuilder<Tables, 'provisioned_products', unknown>

/**
 * Provisioned products that meet every query, sorted, from a place on. How much is read depends on the page and on what the
 * queries find, not on how many products there are: an owner who has few, and a query that finds few, are answered through an
 * index; otherwise rows are looked at in the list's order, within limits.
 */
export function* searchProvisionedProducts(
  scope: Scope,
  access: AccessFilter,
  request: SearchRequest,
  limits = ordinaryLimits,
): Steps<SearchResult> {
  const everything: Rows = db
    .selectFrom('provisioned_products')
    .where('account_id', '=', scope.accountId)
    .where('region', '=', scope.region)
  const owner = ownerCondition(access)
  const owned = yield* countOwned(scope, ownerOf(access))
  // A value without a letter or digit says nothing.
  const queries = request.queries.filter(({ value }) => wordsOf(value).length > 0)
  const inTime = request.sortBy === 'createdTime'
  if (queries.length === 0 && (!owner || inTime)) {
    const rows = owner ? everything.where(foundBy(owner)) : everything
    return yield* pageOf(scope, rows, request, undefined, owned)
  }

  const ways: (readonly Way[])[] = []
  for (const query of queries) ways.push(yield* waysOf({ scope, candidates: limits.candidates }, query))
  if (ways.some(ofQuery => ofQuery.length === 0)) return { items: [], next: undefined, total: 0 }
  const meeting = (rows: Rows) => ways.reduce((some, ofQuery) => some.where(checked(anyOf(ofQuery))), rows)

  // Sorted by anything but time, an owner's products come together from all over the list.
  if (owner && owned <= (inTime ? limits.candidates : limits.lookedAt)) {
    return yield* pageOfFew(scope, meeting(everything.where(foundBy(owner))), request)
  }
  const mine = owner ? everything.where(checked(owner)) : everything
  for (const ofQuery of ways) {
    const ids = yield* candidates(ofQuery)
    if (!ids) continue
    if (ids.length === 0) return { items: [], next: undefined, total: 0 }
    return yield* pageOfFew(scope, meeting(mine.where('id', 'in', ids)), request)
  }

  // One index has the order of time within an owner, a status or a product; the other orders have one for everything.
  const single = ways.find(([way, ...others]) => way!.indexed && others.length === 0)
  const found = !inTime ? undefined : (owner ?? (single && anyOf(single)))
  const lookedAt = found ? everything.where(foundBy(found)) : everything
  const matching = meeting(found === owner ? lookedAt : owner ? lookedAt.where(checked(owner)) : lookedAt)
  const whole = found !== undefined && found !== owner && ways.length === 1
  const within = yield* count(lookedAt, limits.lookedAt + 1)
  const countable = within <= limits.lookedAt
  const end = whole || countable ? undefined : yield* placeAfter(lookedAt, request, limits.lookedAt)
  const total = queries.length === 0 ? owned : countable ? yield* count(matching, limits.lookedAt) : undefined
  return yield* pageOf(scope, matching, request, end, total)
}

function anyOf(ways: readonly Way[]): Condition {
  return (eb, column) => eb.or(ways.map(({ condition }) => condition(eb, column)))
}

/** The condition of an access level; undefined: everybody's. */
function ownerCondition({ userArn, ownerRole }: AccessFilter): Condition | undefined {
  if (userArn !== undefined) return (eb, column) => eb(column('user_arn'), '=', userArn)
  if (ownerRole !== undefined) return (eb, column) => eb(column('owner_role'), '=', ownerRole)
  return undefined
}

/** The ids of all that meet a query in one way or another; undefined when these are many. */
function* candidates(ways: readonly Way[]): Steps<readonly string[] | undefined> {
  const ids = new Set<string>()
  for (const { find } of ways) {
    const found = find && (yield* find())
    if (!found) return undefined
    for (const id of found) ids.add(id)
  }
  return [...ids]
}

/** The owner by which the products of an access level are counted. */
function ownerOf({ userArn, ownerRole }: AccessFilter): string {
  return userArn ?? ownerRole ?? ''
}

/** How many rows there are, but no more than `most`. */
function* count(rows: Rows, most: number): Steps<number> {
  const row = yield* first(
    db.selectFrom(rows.select('id').limit(most).as('counted')).select(({ fn }) => fn.countAll<number>().as('count')),
  )
  return Number(row?.count ?? 0)
}

/** In the request's order, from its place on. */
function sorted(rows: Rows, { sortBy, descending, after }: SearchRequest): Rows {
  const column = sortColumns[sortBy]
  const order = descending ? 'desc' : 'asc'
  return rows
    .$if(after !== undefined, rest => rest.where(beyond(column, descending ? '<' : '>', after!)))
    .orderBy(column, order)
    .orderBy('id', order)
}

function beyond(column: (typeof sortColumns)[SearchSort], operator: '<' | '>' | '<=' | '>=', place: Place) {
  return ({ eb, refTuple, tuple }: ExpressionBuilder<Tables, 'provisioned_products'>) =>
    eb(refTuple(column, 'id'), operator, tuple(place[0] as string, place[1]))
}

/** The place of the row so many rows further on; undefined when there are not so many. */
function* placeAfter(rows: Rows, request: SearchRequest, distance: number): Steps<Place | undefined> {
  const column = sortColumns[request.sortBy]
  const row = yield* first(
    sorted(rows, request)
      .select(['id', `${column} as value`])
      .limit(1)
      .offset(distance - 1),
  )
  return row && [row.value!, row.id]
}

function* pageOf(
  scope: Scope,
  rows: Rows,
  request: SearchRequest,
  end: Place | undefined,
  total: number | undefined,
): Steps<SearchResult> {
  const column = sortColumns[request.sortBy]
  const found = yield* all(
    sorted(rows, request)
      .$if(end !== undefined, query => query.where(beyond(column, request.descending ? '>=' : '<=', end!)))
      .select(['id', 'data', `${column} as value`])
      .limit(request.size + 1),
  )
  const shown = found.slice(0, request.size)
  const last = found.length > request.size ? shown.at(-1) : undefined
  return {
    items: yield* withNames(scope.region, entities<ProvisionedProduct>(shown)),
    next: last ? [last.value!, last.id] : end,
    total,
  }
}

/** Of rows that are few: sorted here, so that the database finds them by whatever index is best for that. */
function* pageOfFew(scope: Scope, rows: Rows, { sortBy, descending, size, after }: SearchRequest): Steps<SearchResult> {
  const found = yield* all(rows.select(['id', `${sortColumns[sortBy]} as value`]))
  const sign = descending ? -1 : 1
  const places = found
    .map(({ id, value }): Place => [value ?? '', id])
    .sort((a, b) => sign * comparePlaces(a, b))
    .filter(place => !after || sign * comparePlaces(place, after) > 0)
  const shown = places.slice(0, size)
  return {
    items: yield* withNames(
      scope.region,
      yield* productsOf(
        scope,
        shown.map(([, id]) => id),
      ),
    ),
    next: places.length > size ? shown.at(-1) : undefined,
    total: found.length,
  }
}

function comparePlaces(a: Place, b: Place): number {
  for (const i of [0, 1] as const) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1
  }
  return 0
}

/** In the order of their ids as given; one that has gone meanwhile is left out. */
function* productsOf(scope: Scope, ids: readonly string[]): Steps<ProvisionedProduct[]> {
  if (ids.length === 0) return []
  const rows = yield* all(
    db
      .selectFrom('provisioned_products')
      .select(['id', 'data'])
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('id', 'in', ids),
  )
  const dataOf = new Map(rows.map(({ id, data }) => [id, data]))
  return ids.flatMap(id => {
    const data = dataOf.get(id)
    return data === undefined ? [] : [fromJson<ProvisionedProduct>(data)]
  })
}

/** With the product and version each was provisioned from, whatever account has them. */
function* withNames(region: string, found: readonly ProvisionedProduct[]): Steps<FoundProduct[]> {
  if (found.length === 0) return []
  const ids = (of: (provisioned: ProvisionedProduct) => string) => [...new Set(found.map(of))]
  const products = yield* all(
    db
      .selectFrom('products')
      .select(['id', 'data'])
      .where(
        'id',
        'in',
        ids(({ detail }) => detail.ProductId),
      )
      .where('region', '=', region),
  )
  const artifacts = yield* all(
    db
      .selectFrom('provisioning_artifacts')
      .select(['id', 'data'])
      .where(
        'id',
        'in',
        ids(({ detail }) => detail.ProvisioningArtifactId),
      )
      .where('region', '=', region),
  )
  const productOf = new Map(products.map(({ id, data }) => [id, fromJson<Product>(data)]))
  const artifactOf = new Map(artifacts.map(({ id, data }) => [id, fromJson<ProvisioningArtifact>(data)]))
  return found.map(provisioned => ({
    provisioned,
    product: productOf.get(provisioned.detail.ProductId),
    artifact: artifactOf.get(provisioned.detail.ProvisioningArtifactId),
  }))
}
