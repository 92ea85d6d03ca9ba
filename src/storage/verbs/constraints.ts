import type { Constraint } from '../../catalog/entities.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { CreateConstraintOutput } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, type PageRequest, read, run, type Steps, write } from '../verb.ts'
import { holdsProduct, requirePortfolio } from './portfolios.ts'
import { requireProduct } from './products.ts'
import { entities, oldestFirst, page, requireBelow, scopeColumns } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

/** Constraints of one product in one portfolio (AWS's default quota). */
const constraintLimit = 100

/** At most one of each of these for a product in a portfolio (CreateConstraint). */
const single: ReadonlySet<string> = new Set(['LAUNCH', 'STACKSET', 'RESOURCE_UPDATE'])

function* getConstraint(scope: Scope, id: string): Steps<Constraint | undefined> {
  const row = yield* first(
    db
      .selectFrom('constraints')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('id', '=', id),
  )
  return row && fromJson<Constraint>(row.data)
}

/** Refuses NotFound. */
function* requireConstraint(scope: Scope, id: string): Steps<Constraint> {
  const constraint = yield* getConstraint(scope, id)
  if (!constraint) throw new Refusal('NotFound', `Constraint ${id} not found.`)
  return constraint
}

function* ofProduct(scope: Scope, portfolioId: string, productId: string): Steps<Constraint[]> {
  const rows = yield* all(
    db
      .selectFrom('constraints')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('portfolio_id', '=', portfolioId)
      .where('product_id', '=', productId)
      .orderBy('created_at')
      .orderBy('id'),
  )
  return entities<Constraint>(rows)
}

export const constraints = {
  get: read(getConstraint),

  /** A product's in one portfolio, oldest first. Few by their quota, so not paged. */
  ofProduct: read(ofProduct),

  /**
   * Refuses NotFound when the product is not in the portfolio, Duplicate when there may be only one of the type or the
   * type excludes one that is there, and LimitExceeded.
   */
  create: write(function* (
    constraint: Constraint,
    createdAt: Date,
    claim: TokenClaim | undefined,
    answer: CreateConstraintOutput,
  ) {
    return yield* once(claim, answer, createdAt, function* () {
      const { scope, detail } = constraint
      const { PortfolioId, ProductId, Type } = detail
      yield* requirePortfolio(scope, PortfolioId)
      yield* requireProduct(scope, ProductId)
      if (!(yield* holdsProduct(scope, PortfolioId, ProductId))) {
        throw new Refusal('NotFound', `Product ${ProductId} is not in portfolio ${PortfolioId}.`)
      }
      const there = yield* ofProduct(scope, PortfolioId, ProductId)
      const rival = there.find(
        ({ detail }) =>
          (single.has(Type) && detail.Type === Type) ||
          (Type === 'LAUNCH' && detail.Type === 'STACKSET') ||
          (Type === 'STACKSET' && detail.Type === 'LAUNCH'),
      )
      if (rival) {
        const { ConstraintId, Type: other } = rival.detail
        throw new Refusal(
          'Duplicate',
          `Product ${ProductId} in portfolio ${PortfolioId} already has the ${other} constraint ${ConstraintId}, beside which there can be no ${Type} constraint.`,
        )
      }
      requireBelow(constraintLimit, { count: there.length }, 'constraints of a product in a portfolio')
      yield* run(
        db.insertInto('constraints').values({
          ...scopeColumns(scope),
          id: detail.ConstraintId,
          created_at: createdAt.getTime(),
          portfolio_id: PortfolioId,
          product_id: ProductId,
          type: Type,
          data: toJson(constraint),
        }),
      )
    })
  }),

  /** Those of a portfolio, or of one product in it, oldest first. Refuses NotFound when there is no such portfolio. */
  list: read(function* (scope: Scope, portfolioId: string, productId: string | undefined, request: PageRequest) {
    yield* requirePortfolio(scope, portfolioId)
    const rows = yield* all(
      db
        .selectFrom('constraints')
        .select(['id', 'created_at', 'data'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId)
        .$if(productId !== undefined, query => query.where('product_id', '=', productId!))
        .$call(oldestFirst(request)),
    )
    return page(rows, request, row => fromJson<Constraint>(row.data))
  }),

  /** Applies `change` to what is there at that moment and answers the result. Refuses NotFound. */
  update: write(function* (scope: Scope, id: string, change: (constraint: Constraint) => Constraint) {
    const constraint = change(yield* requireConstraint(scope, id))
    yield* run(
      db
        .updateTable('constraints')
        .set({ data: toJson(constraint) })
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
    return constraint
  }),

  /** Refuses NotFound. */
  delete: write(function* (scope: Scope, id: string) {
    yield* requireConstraint(scope, id)
    yield* run(
      db
        .deleteFrom('constraints')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
  }),
}
