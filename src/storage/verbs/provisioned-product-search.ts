import type { SelectQueryBuilder } from 'kysely'
import type { Product, ProvisionedProduct, ProvisioningArtifact } from '../../catalog/entities.ts'
import type { Scope } from '../../catalog/scope.ts'
import { type SearchQuery, wordsOf } from '../../catalog/search-query.ts'
import { fromJson } from '../json.ts'
import type { Tables } from '../tables.ts'
import { all, db, first, type Steps } from '../verb.ts'
import { type AccessFilter, ownedBy } from './owned.ts'
import { countOwned } from './provisioned-product-index.ts'
import { type Condition, type Way, waysOf } from './provisioned-product-ways.ts'
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

const ordinaryLimits: SearchLimits = { candidates: 1000, lookedAt: 10_000 }

type Rows = SelectQueryBuilder<Tables, 'provisioned_products', unknown>

/**
 * Provisioned products that meet every query, sorted, from a place on. How much is read depends on the page and on what the
 * queries find, not on how many products there are: a query that finds few is answered through an index, and when all
 * find many, rows are looked at in the list's order, within limits.
 */
export function* searchProvisionedProducts(
  scope: Scope,
  access: AccessFilter,
  request: SearchRequest,
  { candidates: listed, lookedAt: most } = ordinaryLimits,
): Steps<SearchResult> {
  const visible: Rows = db
    .selectFrom('provisioned_products')
    .where('account_id', '=', scope.accountId)
    .where('region', '=', scope.region)
    .where(ownedBy(access))
  // A value without a letter or digit says nothing.
  const queries = request.queries.filter(({ value }) => wordsOf(value).length > 0)
  if (queries.length === 0) {
    return yield* pageOf(scope, visible, request, undefined, yield* countOwned(scope, ownerOf(access)))
  }

  const ways: (readonly Way[])[] = []
  for (const query of queries) ways.push(yield* waysOf({ scope, candidates: listed }, query))
  if (ways.some(ofQuery => ofQuery.length === 0)) return { items: [], next: undefined, total: 0 }
  const matching = ways.reduce((rows, ofQuery) => rows.where(anyOf(ofQuery)), visible)

  for (const ofQuery of ways) {
    const ids = yield* candidates(ofQuery)
    if (!ids) continue
    if (ids.length === 0) return { items: [], next: undefined, total: 0 }
    const few = matching.where('id', 'in', ids)
    return yield* pageOf(scope, few, request, undefined, yield* count(few, ids.length))
  }

  const indexed = ways.filter(ofQuery => ofQuery.length === 1 && ofQuery[0]!.indexed)
  const lookedAt = indexed.reduce((rows, ofQuery) => rows.where(anyOf(ofQuery)), visible)
  const within = yield* count(lookedAt, most + 1)
  const whole = indexed.length === ways.length
  const total = within > most ? undefined : whole ? within : yield* count(matching, most)
  const end = whole || within <= most ? undefined : yield* placeAfter(lookedAt, request, most)
  return yield* pageOf(scope, matching, request, end, total)
}

function anyOf(ways: readonly Way[]): Condition {
  return eb => eb.or(ways.map(({ condition }) => condition(eb)))
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

function beyond(column: (typeof sortColumns)[SearchSort], operator: '<' | '>' | '<=' | '>=', place: Place): Condition {
  return ({ eb, refTuple, tuple }) => eb(refTuple(column, 'id'), operator, tuple(place[0] as string, place[1]))
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
