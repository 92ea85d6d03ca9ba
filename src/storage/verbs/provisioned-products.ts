import type { Compilable } from 'kysely'
import type { CatalogRecord, ProvisionedProduct } from '../../catalog/entities.ts'
import type { Execution, StepExecution } from '../../catalog/execution.ts'
import { mayStart, underChange } from '../../catalog/lifecycle.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import { hasSameWords } from '../../catalog/search-query.ts'
import type { RecordDetail, UpdateProvisionedProductPropertiesOutput } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { LastRead } from '../last-read.ts'
import { prepared } from '../prepared.ts'
import { all, db, first, firstLocked, type PageRequest, read, run, type Steps, write } from '../verb.ts'
import { requireArtifactAnywhere } from './artifacts.ts'
import { insertExecution, saveSteps } from './executions.ts'
import { type AccessFilter, ownedBy } from './owned.ts'
import {
  changedColumns,
  type Indexed,
  indexedColumns,
  provisionedProductColumns,
  reindex,
} from './provisioned-product-index.ts'
import { searchProvisionedProducts } from './provisioned-product-search.ts'
import { insertRecord } from './records.ts'
import { type Key, oldestFirst, page, scopeColumns } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

const lastRead = new LastRead(fromJson<ProvisionedProduct>)

const select = prepared(({ account_id, region, id }: Key) =>
  db
    .selectFrom('provisioned_products')
    .select('data')
    .where('account_id', '=', account_id)
    .where('region', '=', region)
    .where('id', '=', id),
)

export function* getProvisionedProduct(scope: Scope, id: string): Steps<ProvisionedProduct | undefined> {
  const row = yield* first(select({ ...scopeColumns(scope), id }))
  return row && lastRead.read(id, row.data)
}

const selectWhole = prepared(({ account_id, region, id }: Key) =>
  db
    .selectFrom('provisioned_products')
    .select(['data', ...indexedColumns])
    .where('account_id', '=', account_id)
    .where('region', '=', region)
    .where('id', '=', id),
)

interface Known {
  readonly product: ProvisionedProduct
  readonly indexed: Indexed
}

/** A provisioned product and what is written down beside it, for whoever is about to change it. */
export function* getForChange(scope: Scope, id: string): Steps<Known | undefined> {
  const row = yield* firstLocked(selectWhole({ ...scopeColumns(scope), id }))
  if (!row) return undefined
  const { data, ...indexed } = row
  return { product: lastRead.read(id, data), indexed }
}

/** Writes a new provisioned product. Answers false, and writes nothing, when its name is taken. */
export function* insertProvisionedProduct(product: ProvisionedProduct): Steps<boolean> {
  const taken = yield* first(
    db
      .selectFrom('provisioned_products')
      .select('id')
      .where('account_id', '=', product.scope.accountId)
      .where('region', '=', product.scope.region)
      .where('name', '=', product.detail.Name),
  )
  if (taken) return false
  const columns = provisionedProductColumns(product)
  yield* run(
    db.insertInto('provisioned_products').values({
      ...scopeColumns(product.scope),
      id: product.detail.Id,
      created_at: product.detail.CreatedTime.getTime(),
      name: product.detail.Name,
      ...columns,
      data: toJson(product),
    }),
  )
  yield* reindex(product.scope, product.detail.Id, undefined, columns)
  return true
}

type Changed = Key & Partial<ReturnType<typeof provisionedProductColumns>> & { readonly data: string }

/** One statement for each set of columns that change together. */
const updates = new Map<string, (row: Changed) => Compilable>()

function update(row: Changed): Compilable {
  const columns = Object.keys(row).join(' ')
  let statement = updates.get(columns)
  if (!statement) {
    statement = prepared(({ account_id, region, id, ...changed }: Changed) =>
      db
        .updateTable('provisioned_products')
        .set(changed)
        .where('account_id', '=', account_id)
        .where('region', '=', region)
        .where('id', '=', id),
    )
    updates.set(columns, statement)
  }
  return statement(row)
}

/** Writes a provisioned product that is there already. `known`: as it is before the change, where that was just read. */
export function* updateProvisionedProduct(product: ProvisionedProduct, known?: Known): Steps<void> {
  const { scope, detail } = product
  const before = known ?? (yield* getForChange(scope, detail.Id))
  if (!before) return
  const { indexed } = before
  const words = (hasSameWords(before.product, product) && indexed.words) || undefined
  const columns = provisionedProductColumns(product, words)
  const changed = changedColumns(indexed, columns)
  yield* run(update({ ...scopeColumns(scope), id: detail.Id, ...changed, data: toJson(product) }))
  yield* reindex(scope, detail.Id, indexed, columns)
}

export function* deleteProvisionedProduct({ scope, detail }: ProvisionedProduct): Steps<void> {
  yield* reindex(scope, detail.Id, (yield* getForChange(scope, detail.Id))?.indexed, undefined)
  yield* run(
    db
      .deleteFrom('provisioned_products')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('id', '=', detail.Id),
  )
}

export const provisionedProducts = {
  get: read(getProvisionedProduct),

  getByName: read(function* (scope: Scope, name: string) {
    const row = yield* first(
      db
        .selectFrom('provisioned_products')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('name', '=', name),
    )
    return row && fromJson<ProvisionedProduct>(row.data)
  }),

  /**
   * The id of a product that puts out this value, of all of an account and region; for what must not be taken over twice.
   * Looks at all products: for rare questions only.
   */
  withOutput: read(function* (scope: Scope, value: string) {
    const rows = yield* all(
      db
        .selectFrom('provisioned_products')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('data', 'like', `%${value.replaceAll(/[%_]/g, '_')}%`),
    )
    const products = rows.map(row => fromJson<ProvisionedProduct>(row.data))
    return products.find(({ outputs }) => outputs.some(({ OutputValue }) => OutputValue === value))?.detail.Id
  }),

  /** Oldest first. */
  list: read(function* (scope: Scope, filter: AccessFilter, request: PageRequest) {
    const rows = yield* all(
      db
        .selectFrom('provisioned_products')
        .select(['id', 'created_at', 'data'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where(ownedBy(filter))
        .$call(oldestFirst(request)),
    )
    return page(rows, request, row => fromJson<ProvisionedProduct>(row.data))
  }),

  /** Whether anything was provisioned from a product. */
  hasAnyFrom: read(function* (scope: Scope, filter: AccessFilter, productId: string) {
    const row = yield* first(
      db
        .selectFrom('provisioned_products')
        .select('id')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('product_id', '=', productId)
        .where(ownedBy(filter))
        .limit(1),
    )
    return row !== undefined
  }),

  /** Sorted and searched; see provisioned-product-search.ts. */
  search: read(searchProvisionedProducts),

  /**
   * Accepts a ProvisionProduct: the new product (UNDER_CHANGE already), its record, its execution and the token, in one
   * transaction. Refuses Duplicate when the name is taken, and NotFound when the version is gone.
   */
  create: write(function* (
    product: ProvisionedProduct,
    record: CatalogRecord,
    execution: Execution,
    claim: TokenClaim | undefined,
    answer: { readonly RecordDetail?: RecordDetail },
  ) {
    return yield* once(claim, answer, record.detail.CreatedTime, function* () {
      const inserted = yield* insertProvisionedProduct(product)
      if (!inserted) throw new Refusal('Duplicate', `A stack named ${product.detail.Name} already exists.`)
      yield* requireArtifactAnywhere(product.detail.ProductId, product.detail.ProvisioningArtifactId)
      yield* insertRecord(record)
      yield* insertExecution(execution)
    })
  }),

  /**
   * Accepts a change to a product that is there: sets it UNDER_CHANGE and writes record, execution and token, in one
   * transaction. Refuses NotFound when it is gone, or the version that it is updated to, and InvalidState when its status does not allow the change.
   */
  change: write(function* (
    record: CatalogRecord,
    execution: Execution,
    claim: TokenClaim | undefined,
    answer: { readonly RecordDetail?: RecordDetail },
  ) {
    return yield* once(claim, answer, record.detail.CreatedTime, function* () {
      yield* acceptChange(record, execution)
    })
  }),

  /**
   * Accepts a run that goes on with one that failed, as `change` does, with the rows that it takes over. Refuses InvalidState
   * besides when that one was gone on with before.
   */
  resume: write(function* (
    record: CatalogRecord,
    execution: Execution & Required<Pick<Execution, 'resumes'>>,
    steps: readonly StepExecution[],
    claim: TokenClaim | undefined,
    answer: { readonly RecordDetail?: RecordDetail },
  ) {
    return yield* once(claim, answer, record.detail.CreatedTime, function* () {
      yield* acceptChange(record, execution)
      const { executionId, recordId } = execution.resumes
      const before = yield* first(
        db.selectFrom('resumed_executions').select('resumed_by').where('execution_id', '=', executionId),
      )
      if (before) throw new Refusal('InvalidState', `Record ${recordId} was resumed already, as ${before.resumed_by}.`)
      yield* run(
        db.insertInto('resumed_executions').values({ execution_id: executionId, resumed_by: record.detail.RecordId }),
      )
      yield* saveSteps(steps)
    })
  }),

  /**
   * Applies `change` to a product that is not under change, together with a token. Refuses NotFound, and InvalidState
   * while an operation runs.
   */
  modify: write(function* (
    scope: Scope,
    id: string,
    change: (product: ProvisionedProduct) => ProvisionedProduct,
    record: CatalogRecord,
    claim: TokenClaim | undefined,
    answer: UpdateProvisionedProductPropertiesOutput,
  ) {
    return yield* once(claim, answer, record.detail.CreatedTime, function* () {
      const product = yield* getProvisionedProduct(scope, id)
      if (!product) throw new Refusal('NotFound', `Provisioned product ${id} not found.`)
      if (product.detail.Status !== 'AVAILABLE' && product.detail.Status !== 'TAINTED') {
        throw new Refusal('InvalidState', `Provisioned product ${id} is in status ${product.detail.Status}.`)
      }
      yield* updateProvisionedProduct(change(product))
      yield* insertRecord(record)
    })
  }),
}

function* acceptChange(record: CatalogRecord, execution: Execution): Steps<void> {
  const { ProvisionedProductId: id, RecordType: type } = record.detail
  const found = yield* getForChange(record.scope, id)
  if (!found) throw new Refusal('NotFound', `Provisioned product ${id} not found.`)
  const { product } = found
  if (type === 'PROVISION_PRODUCT' || !mayStart(type, product.detail.Status)) {
    throw new Refusal('InvalidState', `Provisioned product ${id} is in status ${product.detail.Status}.`)
  }
  if (type === 'UPDATE_PROVISIONED_PRODUCT') {
    const { ProductId, ProvisioningArtifactId } = record.detail
    yield* requireArtifactAnywhere(ProductId ?? '', ProvisioningArtifactId ?? '')
  }
  yield* updateProvisionedProduct(underChange(product, record), found)
  yield* insertRecord(record)
  yield* insertExecution(execution)
}
