import type { Product, ProvisioningArtifact } from '../../catalog/entities.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { CreateProductOutput } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, read, run, type Steps, write } from '../verb.ts'
import { insertArtifact } from './artifacts.ts'
import { entities, requireBelow, scopeColumns } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

/** Products in one region of an account (AWS's default quota). */
const productLimit = 350

export function* getProduct(scope: Scope, id: string): Steps<Product | undefined> {
  const row = yield* first(
    db
      .selectFrom('products')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('id', '=', id),
  )
  return row && fromJson<Product>(row.data)
}

/** Refuses NotFound. */
export function* requireProduct(scope: Scope, id: string): Steps<Product> {
  const product = yield* getProduct(scope, id)
  if (!product) throw new Refusal('NotFound', `Product ${id} not found.`)
  return product
}

export const products = {
  get: read(getProduct),

  /** Names are not unique: all that have it, oldest first. */
  getByName: read(function* (scope: Scope, name: string) {
    const rows = yield* all(
      db
        .selectFrom('products')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('name', '=', name)
        .orderBy('created_at')
        .orderBy('id'),
    )
    return entities<Product>(rows)
  }),

  /** The products of some portfolios, each once, oldest first. Few by their quota, so not paged here. */
  inPortfolios: read(function* (scope: Scope, portfolioIds: readonly string[]) {
    if (portfolioIds.length === 0) return []
    const rows = yield* all(
      db
        .selectFrom('products')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', 'in', subquery =>
          subquery
            .selectFrom('portfolio_products')
            .select('product_id')
            .where('account_id', '=', scope.accountId)
            .where('region', '=', scope.region)
            .where('portfolio_id', 'in', portfolioIds),
        )
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
      const { scope } = product
      const count = yield* first(
        db
          .selectFrom('products')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('account_id', '=', scope.accountId)
          .where('region', '=', scope.region),
      )
      requireBelow(productLimit, count, 'products in an account and region')
      yield* run(
        db.insertInto('products').values({
          ...scopeColumns(scope),
          id: product.id,
          created_at: product.view.CreatedTime.getTime(),
          name: product.view.ProductViewSummary?.Name ?? '',
          data: toJson(product),
        }),
      )
      yield* insertArtifact(artifact)
    })
  }),
}
