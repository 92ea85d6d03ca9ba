import { type Compilable, sql } from 'kysely'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import { db, first, run, type Steps, write } from '../verb.ts'
import { artifactsOf, requireArtifact } from './artifacts.ts'
import { requirePortfolio } from './portfolios.ts'
import { requireProduct } from './products.ts'

/** Deletions, each with everything that must be gone before. */
export const deletions = {
  /** Refuses NotFound, and InUse while anybody or anything is associated; the text's form is AWS's. */
  portfolio: write(function* (scope: Scope, id: string) {
    yield* requirePortfolio(scope, id)
    const { accountId, region } = scope
    const of = { account_id: accountId, region, portfolio_id: id }
    const users: readonly (readonly [what: string, query: Compilable<unknown>])[] = [
      [
        'Principals',
        db
          .selectFrom('portfolio_principals')
          .select('portfolio_id')
          .where(({ and }) => and(of))
          .limit(1),
      ],
      [
        'Products',
        db
          .selectFrom('portfolio_products')
          .select('portfolio_id')
          .where(({ and }) => and(of))
          .limit(1),
      ],
      [
        'Constraints',
        db
          .selectFrom('constraints')
          .select('portfolio_id')
          .where(({ and }) => and(of))
          .limit(1),
      ],
      [
        'Shares',
        db
          .selectFrom('portfolio_shares')
          .select('portfolio_id')
          .where(({ and }) => and(of))
          .limit(1),
      ],
      [
        'TagOptions',
        db
          .selectFrom('tag_option_associations')
          .select('resource_id')
          .where(({ and }) => and({ account_id: accountId, region, resource_id: id }))
          .limit(1),
      ],
    ]
    for (const [what, query] of users) {
      if (yield* first(query)) throw new Refusal('InUse', `Portfolio ${id} still has associated ${what}`)
    }
    yield* deleteBudgets(scope, id)
    yield* run(db.deleteFrom('portfolios').where(({ and }) => and({ account_id: accountId, region, id })))
  }),

  /**
   * A product with its provisioning artifacts and their associations. Refuses NotFound, and InUse while it is in a
   * portfolio or anything is provisioned from it.
   */
  product: write(function* (scope: Scope, id: string) {
    yield* requireProduct(scope, id)
    const { accountId, region } = scope
    const portfolio = yield* first(
      db
        .selectFrom('portfolio_products')
        .select('portfolio_id')
        .where('product_id', '=', id)
        .where('region', '=', region),
    )
    if (portfolio) throw new Refusal('InUse', `Product ${id} is still in portfolio ${portfolio.portfolio_id}.`)
    yield* requireNoProvisioned(region, id, undefined)
    for (const { detail } of yield* artifactsOf(scope, id)) yield* deleteArtifact(scope, id, detail.Id)
    yield* run(
      db
        .deleteFrom('tag_option_associations')
        .where(({ and }) => and({ account_id: accountId, region, resource_id: id })),
    )
    yield* deleteBudgets(scope, id)
    yield* run(db.deleteFrom('products').where(({ and }) => and({ account_id: accountId, region, id })))
  }),

  /**
   * A provisioning artifact with its associations. Refuses NotFound, and InUse for a product's last one and while anything
   * provisioned has this version or is on its way to it.
   */
  artifact: write(function* (scope: Scope, productId: string, id: string) {
    yield* requireProduct(scope, productId)
    yield* requireArtifact(scope, productId, id)
    if ((yield* artifactsOf(scope, productId)).length === 1) {
      throw new Refusal('InUse', `Provisioning Artifact ${id} is the last one of product ${productId}.`)
    }
    yield* requireNoProvisioned(scope.region, productId, id)
    yield* deleteArtifact(scope, productId, id)
  }),
}

function* deleteBudgets({ accountId, region }: Scope, id: string): Steps<void> {
  yield* run(
    db.deleteFrom('budget_associations').where(({ and }) => and({ account_id: accountId, region, resource_id: id })),
  )
}

function* deleteArtifact({ accountId, region }: Scope, productId: string, id: string): Steps<void> {
  const scoped = { account_id: accountId, region }
  yield* run(
    db
      .deleteFrom('service_action_associations')
      .where(({ and }) => and({ ...scoped, product_id: productId, provisioning_artifact_id: id })),
  )
  yield* run(db.deleteFrom('provisioning_artifacts').where(({ and }) => and({ ...scoped, id })))
}

/**
 * Refuses InUse when anything is provisioned from a product (or one version of it), in whatever account, or an operation
 * that is not over yet will make it so. The ids are ours and known to exist, so that in the JSON text only their own members
 * can match.
 */
function* requireNoProvisioned(region: string, productId: string, artifactId: string | undefined): Steps<void> {
  const inText =
    artifactId === undefined ? `%"ProductId":"${productId}"%` : `%"ProvisioningArtifactId":"${artifactId}"%`
  const provisioned = yield* first(
    db
      .selectFrom('provisioned_products')
      .select('id')
      .where('product_id', '=', productId)
      .where('region', '=', region)
      .where('data', 'like', inText)
      .limit(1),
  )
  const coming = yield* first(
    db
      .selectFrom('records')
      .select('provisioned_product_id as id')
      .where('region', '=', region)
      // Written out, so that the index on what is in progress is used.
      .where(sql<boolean>`status <> 'SUCCEEDED' and status <> 'FAILED'`)
      .where('data', 'like', inText)
      .limit(1),
  )
  const user = provisioned ?? coming
  if (user) {
    const what = artifactId === undefined ? `Product ${productId}` : `Provisioning Artifact ${artifactId}`
    throw new Refusal('InUse', `${what} is still used by provisioned product ${user.id}.`)
  }
}
