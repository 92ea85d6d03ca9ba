import type { Insertable } from 'kysely'
import type { CatalogRecord } from '../../catalog/entities.ts'
import type { Scope } from '../../catalog/scope.ts'
import { fromJson, toJson } from '../json.ts'
import { LastRead } from '../last-read.ts'
import { prepared } from '../prepared.ts'
import { fromJsonAgain } from '../read-again.ts'
import type { Tables } from '../tables.ts'
import { all, db, first, firstLocked, type PageRequest, read, run, type Steps } from '../verb.ts'
import { enqueueNotifications } from './notifications.ts'
import { type AccessFilter, ownedBy, ownerColumns } from './owned.ts'
import { type Key, newestFirst, page, scopeColumns } from './scoped.ts'

export interface RecordFilter extends AccessFilter {
  readonly provisionedProductId?: string
  /** A product's records, whatever was provisioned from it and whether or not it is still there. */
  readonly productId?: string
}

const insert = prepared((row: Insertable<Tables['records']>) => db.insertInto('records').values(row))

export function* insertRecord(record: CatalogRecord): Steps<void> {
  const { detail } = record
  yield* run(
    insert({
      ...scopeColumns(record.scope),
      id: detail.RecordId,
      created_at: detail.CreatedTime.getTime(),
      provisioned_product_id: detail.ProvisionedProductId,
      status: detail.Status,
      record_type: detail.RecordType,
      ...ownerColumns(record.userArn),
      updated_at: detail.UpdatedTime.getTime(),
      product_id: detail.ProductId ?? null,
      data: toJson(record),
    }),
  )
  yield* enqueueNotifications(record)
}

const select = prepared(({ account_id, region, id }: Key) =>
  db
    .selectFrom('records')
    .select('data')
    .where('account_id', '=', account_id)
    .where('region', '=', region)
    .where('id', '=', id),
)

const lastRead = new LastRead(fromJson<CatalogRecord>)

export function* getRecord(scope: Scope, id: string): Steps<CatalogRecord | undefined> {
  const row = yield* first(select({ ...scopeColumns(scope), id }))
  return row && lastRead.read(id, row.data)
}

/** The record, which nobody else changes until the verb is committed. */
export function* getRecordForChange(scope: Scope, id: string): Steps<CatalogRecord | undefined> {
  const row = yield* firstLocked(select({ ...scopeColumns(scope), id }))
  return row && lastRead.read(id, row.data)
}

interface Changed extends Key {
  readonly status: string
  readonly updated_at: number
  readonly data: string
}

const update = prepared(({ account_id, region, id, ...row }: Changed) =>
  db
    .updateTable('records')
    .set(row)
    .where('account_id', '=', account_id)
    .where('region', '=', region)
    .where('id', '=', id),
)

export function* updateRecord(record: CatalogRecord): Steps<void> {
  yield* run(
    update({
      ...scopeColumns(record.scope),
      id: record.detail.RecordId,
      status: record.detail.Status,
      updated_at: record.detail.UpdatedTime.getTime(),
      data: toJson(record),
    }),
  )
  yield* enqueueNotifications(record)
}

const selectWithOwner = prepared(({ account_id, region, id }: Key) =>
  db
    .selectFrom('records')
    .leftJoin('provisioned_products', join =>
      join
        .onRef('provisioned_products.account_id', '=', 'records.account_id')
        .onRef('provisioned_products.region', '=', 'records.region')
        .onRef('provisioned_products.id', '=', 'records.provisioned_product_id'),
    )
    .select(['records.data', 'provisioned_products.user_arn as owner'])
    .where('records.account_id', '=', account_id)
    .where('records.region', '=', region)
    .where('records.id', '=', id),
)

export const records = {
  get: read(getRecord),

  /** A record and whose it is: the product's owner's of today, and without a product theirs who asked for it. */
  getWithOwner: read(function* (scope: Scope, id: string) {
    const row = yield* first(selectWithOwner({ ...scopeColumns(scope), id }))
    if (!row) return undefined
    const record = fromJsonAgain<CatalogRecord>(row.data)
    return { record, owner: row.owner ?? record.userArn }
  }),

  /** Newest first, as ListRecordHistory is read. */
  list: read(function* (scope: Scope, filter: RecordFilter, request: PageRequest) {
    const rows = yield* all(
      db
        .selectFrom('records')
        .select(['id', 'created_at', 'data'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where(ownedBy(filter))
        .$if(filter.provisionedProductId !== undefined, query =>
          query.where('provisioned_product_id', '=', filter.provisionedProductId!),
        )
        .$if(filter.productId !== undefined, query => query.where('product_id', '=', filter.productId!))
        .$call(newestFirst(request)),
    )
    return page(rows, request, row => fromJson<CatalogRecord>(row.data))
  }),
}
