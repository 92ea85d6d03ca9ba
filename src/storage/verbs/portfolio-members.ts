import type { Portfolio, PrincipalAssociation } from '../../catalog/entities.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import { fromJson } from '../json.ts'
import { all, db, first, type PageRequest, read, run, write } from '../verb.ts'
import { holdsProduct, requirePortfolio, requireUsablePortfolio } from './portfolios.ts'
import { requireUsableProduct } from './products.ts'
import { page } from './scoped.ts'

/** Who and what is in a portfolio: lists, and what takes a member out of it. */
export const portfolioMembers = {
  /** One's own portfolios that hold a product, oldest first. Refuses NotFound when there is no such product. */
  portfoliosOf: read(function* (scope: Scope, productId: string, request: PageRequest) {
    yield* requireUsableProduct(scope, productId)
    const rows = yield* all(
      db
        .selectFrom('portfolio_products as member')
        .innerJoin('portfolios as portfolio', join =>
          join
            .onRef('portfolio.account_id', '=', 'member.account_id')
            .onRef('portfolio.region', '=', 'member.region')
            .onRef('portfolio.id', '=', 'member.portfolio_id'),
        )
        .select(['portfolio.id as id', 'portfolio.created_at as created_at', 'portfolio.data as data'])
        .where('member.account_id', '=', scope.accountId)
        .where('member.region', '=', scope.region)
        .where('member.product_id', '=', productId)
        .$if(request.after !== undefined, query =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('portfolio.created_at', 'portfolio.id'), '>', tuple(request.after!.at, request.after!.id)),
          ),
        )
        .orderBy('portfolio.created_at')
        .orderBy('portfolio.id')
        .limit(request.size + 1),
    )
    return page(rows, request, row => fromJson<Portfolio>(row.data))
  }),

  /** In the order of association. Refuses NotFound when there is no such portfolio. */
  principals: read(function* (scope: Scope, portfolioId: string, request: PageRequest) {
    yield* requireUsablePortfolio(scope, portfolioId)
    const rows = yield* all(
      db
        .selectFrom('portfolio_principals')
        .select(['principal_arn as id', 'principal_type', 'created_at'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId)
        .$if(request.after !== undefined, query =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('created_at', 'principal_arn'), '>', tuple(request.after!.at, request.after!.id)),
          ),
        )
        .orderBy('created_at')
        .orderBy('principal_arn')
        .limit(request.size + 1),
    )
    return page(rows, request, row => ({
      principalArn: row.id,
      principalType: row.principal_type as PrincipalAssociation['principalType'],
    }))
  }),

  /** Refuses NotFound, also when the product is not in the portfolio, and InUse while it has constraints there. */
  removeProduct: write(function* (scope: Scope, portfolioId: string, productId: string) {
    yield* requirePortfolio(scope, portfolioId)
    if (!(yield* holdsProduct(scope, portfolioId, productId))) {
      throw new Refusal('NotFound', `Product ${productId} is not in portfolio ${portfolioId}.`)
    }
    const constraint = yield* first(
      db
        .selectFrom('constraints')
        .select(['id', 'type'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId)
        .where('product_id', '=', productId),
    )
    if (constraint) {
      throw new Refusal(
        'InUse',
        `Product ${productId} in portfolio ${portfolioId} still has the ${constraint.type} constraint ${constraint.id}.`,
      )
    }
    yield* run(
      db
        .deleteFrom('portfolio_products')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId)
        .where('product_id', '=', productId),
    )
  }),

  /**
   * Takes a principal's access away. A type that is given must be the one it was associated with. Refuses NotFound, also
   * when there is no such association.
   */
  removePrincipal: write(function* (
    scope: Scope,
    { portfolioId, principalArn }: Pick<PrincipalAssociation, 'portfolioId' | 'principalArn'>,
    principalType: PrincipalAssociation['principalType'] | undefined,
  ) {
    yield* requireUsablePortfolio(scope, portfolioId)
    const row = yield* first(
      db
        .selectFrom('portfolio_principals')
        .select('principal_type')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId)
        .where('principal_arn', '=', principalArn),
    )
    if (!row || (principalType !== undefined && row.principal_type !== principalType)) {
      const which = principalType === undefined ? principalArn : `${principalArn} of type ${principalType}`
      throw new Refusal('NotFound', `Principal ${which} is not associated with portfolio ${portfolioId}.`)
    }
    yield* run(
      db
        .deleteFrom('portfolio_principals')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId)
        .where('principal_arn', '=', principalArn),
    )
  }),
}
