import type { Product, ProvisioningArtifact } from '../../catalog/entities.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { CreateProductOutput } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { prepared } from '../prepared.ts'
import { all, db, first, read, run, type Steps, write } from '../verb.ts'
import { insertArtifact } from './artifacts.ts'
import { importedHolding, importedPortfolios, linksOf } from './portfolio-shares.ts'
import { entities, type Key, requireBelow, scopeColumns } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

/** Products in one region of an account (AWS's default quota). */
const productLimit = 350

const select = prepared(({ account_id, region, id }: Key) =>
  db
    .selectFrom('products')
    .select('data')
    .where('account_id', '=', account_id)
    .where('region', '=', region)
    .where('id', '=', id),
)

export function* getProduct(scope: Scope, id: string): Steps<Product | undefined> {
  const row = yield* first(select({ ...scopeColumns(scope), id }))
  return row && fromJson<Product>(row.data)
}

/** Refuses NotFound. */
export function* requireProduct(scope: Scope, id: string): Steps<Product> {
  const product = yield* getProduct(scope, id)
  if (!product) throw new Refusal('NotFound', `Product ${id} not found.`)
  return product
}

/** A product of one's own, or one that an imported portfolio holds: then its scope is its owner's. */
export function* getUsableProduct(scope: Scope, id: string): Steps<Product | undefined> {
  const own = yield* getProduct(scope, id)
  if (own) return own
  const [holder] = yield* importedHolding(scope, id)
  return holder && (yield* getProduct(holder.portfolio.scope, id))
}

/** Refuses NotFound when the product is neither one's own nor in an imported portfolio. */
export function* requireUsableProduct(scope: Scope, id: string): Steps<Product> {
  const product = yield* getUsableProduct(scope, id)
  if (!product) throw new Refusal('NotFound', `Product ${id} not found.`)
  return product
}

/** Refuses LimitExceeded when there may be no further product. */
export function* requireRoomForProduct(scope: Scope): Steps<void> {
  const count = yield* first(
    db
      .selectFrom('products')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region),
  )
  requireBelow(productLimit, count, 'products in an account and region')
}

export function* insertProduct(product: Product): Steps<void> {
  yield* run(
    db.insertInto('products').values({
      ...scopeColumns(product.scope),
      id: product.id,
      created_at: product.view.CreatedTime.getTime(),
      name: product.view.ProductViewSummary?.Name ?? '',
      data: toJson(product),
    }),
  )
}

/** Writes a product that is there already. */
export function* updateProduct(product: Product): Steps<void> {
  yield* run(
    db
      .updateTable('products')
      .set({ name: product.view.ProductViewSummary?.Name ?? '', data: toJson(product) })
      .where('account_id', '=', product.scope.accountId)
      .where('region', '=', product.scope.region)
      .where('id', '=', product.id),
  )
}

export const products = {
  /** One's own: only its owner changes a product. */
  get: read(getProduct),

  /** See getUsableProduct. */
  getUsable: read(getUsableProduct),

  /** Whatever account has it: for what was provisioned from it, which outlives the share it came by. */
  getProvisioned: read(function* (region: string, id: string) {
    const row = yield* first(db.selectFrom('products').select('data').where('id', '=', id).where('region', '=', region))
    return row && fromJson<Product>(row.data)
  }),

  /** Names are not unique: all that have it, one's own and those in imported portfolios, oldest first. */
  getByName: read(function* (scope: Scope, name: string) {
    const imported = yield* importedPortfolios(scope)
    const owners = new Set(imported.map(({ portfolio }) => portfolio.scope.accountId))
    const held = yield* linksOf(scope.region, imported, undefined)
    const reached = new Set([...held].map(link => link.split(' ')[1]!))
    const rows = yield* all(
      db
        .selectFrom('products')
        .select('data')
        .where('account_id', 'in', [scope.accountId, ...owners])
        .where('region', '=', scope.region)
        .where('name', '=', name)
        .orderBy('created_at')
        .orderBy('id'),
    )
    return entities<Product>(rows).filter(
      ({ id, scope: owner }) => owner.accountId === scope.accountId || reached.has(id),
    )
  }),

  /** The products of some portfolios, each once, oldest first. Few by their quota, so not paged here. */
  inPortfolios: read(function* (scope: Scope, portfolioIds: readonly string[]) {
    if (portfolioIds.length === 0) return []
    const imported = yield* importedPortfolios(scope)
    const accounts = [...new Set([scope.accountId, ...imported.map(({ portfolio }) => portfolio.scope.accountId)])]
    const held = yield* linksOf(scope.region, imported, undefined)
    const links = yield* all(
      db
        .selectFrom('portfolio_products')
        .select(['product_id', 'source_portfolio_id'])
        .where('account_id', 'in', accounts)
        .where('region', '=', scope.region)
        .where('portfolio_id', 'in', portfolioIds),
    )
    // Another account's product is in a portfolio only as long as the portfolio it came with has it.
    const ids = links
      .filter(({ product_id: id, source_portfolio_id: source }) => !source || held.has(`${source} ${id}`))
      .map(({ product_id: id }) => id)
    if (ids.length === 0) return []
    const rows = yield* all(
      db
        .selectFrom('products')
        .select('data')
        .where('account_id', 'in', accounts)
        .where('region', '=', scope.region)
        .where('id', 'in', [...new Set(ids)])
        .orderBy('created_at')
        .orderBy('id'),
    )
    return entities<Product>(rows)
  }),

  /** A product and its first provisioning artifact. Refuses LimitExceeded. */
  create: write(function* (
    product: Product,
    artifact: ProvisioningArtifact,
    claim: TokenClaim | undefined,
    answer: CreateProductOutput,
  ) {
    return yield* once(claim, answer, product.view.CreatedTime, function* () {
      yield* requireRoomForProduct(product.scope)
      yield* insertProduct(product)
      yield* insertArtifact(artifact)
    })
  }),

  /** One's own, oldest first. Few by their quota, so not paged here. */
  list: read(function* (scope: Scope) {
    const rows = yield* all(
      db
        .selectFrom('products')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .orderBy('created_at')
        .orderBy('id'),
    )
    return entities<Product>(rows)
  }),

  /** Applies `change` to what is there at that moment and answers the result. Refuses NotFound. */
  update: write(function* (scope: Scope, id: string, change: (product: Product) => Product) {
    const product = change(yield* requireProduct(scope, id))
    yield* updateProduct(product)
    return product
  }),
}
