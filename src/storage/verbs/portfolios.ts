import type { Portfolio, PrincipalAssociation } from '../../catalog/entities.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { CreatePortfolioOutput } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, type PageRequest, read, run, type Steps, write } from '../verb.ts'
import { importedHolding, importedPortfolios } from './portfolio-shares.ts'
import { getProduct, requireProduct } from './products.ts'
import { entities, oldestFirst, page, requireBelow, scopeColumns } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

/** AWS's default quotas: portfolios in a region, products and principals of a portfolio. */
const limits = { portfolios: 100, products: 150, principals: 100, patterns: 10 }

/** A portfolio with everybody it is associated with. */
export interface PortfolioPrincipals {
  readonly portfolio: Portfolio
  readonly principals: readonly PrincipalAssociation[]
}

function* getPortfolio(scope: Scope, id: string): Steps<Portfolio | undefined> {
  const row = yield* first(
    db
      .selectFrom('portfolios')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('id', '=', id),
  )
  return row && fromJson<Portfolio>(row.data)
}

/** Refuses NotFound. */
export function* requirePortfolio(scope: Scope, id: string): Steps<Portfolio> {
  const portfolio = yield* getPortfolio(scope, id)
  if (!portfolio) throw new Refusal('NotFound', `Portfolio ${id} not found.`)
  return portfolio
}

export function* holdsProduct(scope: Scope, portfolioId: string, productId: string): Steps<boolean> {
  const row = yield* first(
    db
      .selectFrom('portfolio_products')
      .select('product_id')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('portfolio_id', '=', portfolioId)
      .where('product_id', '=', productId),
  )
  return row !== undefined
}

/** A portfolio of one's own or an imported one. */
export function* getUsablePortfolio(scope: Scope, id: string): Steps<Portfolio | undefined> {
  const own = yield* getPortfolio(scope, id)
  if (own) return own
  return (yield* importedPortfolios(scope)).find(({ portfolio }) => portfolio.detail.Id === id)?.portfolio
}

/** Refuses NotFound when the portfolio is neither one's own nor an imported one. */
export function* requireUsablePortfolio(scope: Scope, id: string): Steps<Portfolio> {
  const portfolio = yield* getUsablePortfolio(scope, id)
  if (!portfolio) throw new Refusal('NotFound', `Portfolio ${id} not found.`)
  return portfolio
}

export const portfolios = {
  /** One's own: only its owner changes a portfolio. */
  get: read(getPortfolio),

  /** One's own, or one that was shared by another account and accepted. */
  getUsable: read(getUsablePortfolio),

  /** Oldest first. */
  list: read(function* (scope: Scope, request: PageRequest) {
    const rows = yield* all(
      db
        .selectFrom('portfolios')
        .select(['id', 'created_at', 'data'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .$call(oldestFirst(request)),
    )
    return page(rows, request, row => fromJson<Portfolio>(row.data))
  }),

  create: write(function* (portfolio: Portfolio, claim: TokenClaim | undefined, answer: CreatePortfolioOutput) {
    const { detail, scope } = portfolio
    return yield* once(claim, answer, detail.CreatedTime, function* () {
      const count = yield* first(
        db
          .selectFrom('portfolios')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('account_id', '=', scope.accountId)
          .where('region', '=', scope.region),
      )
      requireBelow(limits.portfolios, count, 'portfolios in an account and region')
      yield* run(
        db.insertInto('portfolios').values({
          ...scopeColumns(scope),
          id: detail.Id,
          created_at: detail.CreatedTime.getTime(),
          name: detail.DisplayName,
          data: toJson(portfolio),
        }),
      )
    })
  }),

  /** Applies `change` to what is there at that moment and answers the result. Refuses NotFound. */
  update: write(function* (scope: Scope, id: string, change: (portfolio: Portfolio) => Portfolio) {
    const portfolio = change(yield* requirePortfolio(scope, id))
    yield* run(
      db
        .updateTable('portfolios')
        .set({ name: portfolio.detail.DisplayName, data: toJson(portfolio) })
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
    return portfolio
  }),

  holdsProduct: read(holdsProduct),

  /**
   * Portfolios with their principals, one's own and then imported ones, oldest first: those that hold a product, or all.
   * What launch paths are found from.
   */
  withPrincipals: read(function* (scope: Scope, productId: string | undefined) {
    const imported =
      productId === undefined ? yield* importedPortfolios(scope) : yield* importedHolding(scope, productId)
    // Another account's product is in a portfolio only as long as the portfolio it came with has it.
    const sources = imported.map(({ portfolio }) => portfolio.detail.Id)
    const portfolios = yield* all(
      db
        .selectFrom('portfolios')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .$if(productId !== undefined, query =>
          query.where('id', 'in', subquery =>
            subquery
              .selectFrom('portfolio_products')
              .select('portfolio_id')
              .where('account_id', '=', scope.accountId)
              .where('region', '=', scope.region)
              .where('product_id', '=', productId!)
              .where(({ eb, or }) =>
                or([
                  eb('source_portfolio_id', 'is', null),
                  ...(sources.length > 0 ? [eb('source_portfolio_id', 'in', sources)] : []),
                ]),
              ),
          ),
        )
        .orderBy('created_at')
        .orderBy('id'),
    )
    const found = [...entities<Portfolio>(portfolios), ...imported.map(({ portfolio }) => portfolio)]
    const principals = Map.groupBy(
      yield* principalsOf(
        scope,
        found.map(portfolio => portfolio.detail.Id),
      ),
      principal => principal.portfolioId,
    )
    // Principal name sharing: the owner's patterns hold for the receiving account as well.
    const shared = imported.filter(({ sharePrincipals }) => sharePrincipals)
    for (const { portfolio } of shared) {
      const { Id } = portfolio.detail
      const patterns = (yield* principalsOf(portfolio.scope, [Id])).filter(
        ({ principalType }) => principalType === 'IAM_PATTERN',
      )
      principals.set(Id, [...(principals.get(Id) ?? []), ...patterns])
    }
    return found.map(
      (portfolio): PortfolioPrincipals => ({ portfolio, principals: principals.get(portfolio.detail.Id) ?? [] }),
    )
  }),

  /**
   * Puts a product into a portfolio of one's own; once more changes nothing. Another account's product comes out of the
   * imported portfolio that is named. Refuses NotFound and LimitExceeded.
   */
  addProduct: write(function* (
    scope: Scope,
    portfolioId: string,
    productId: string,
    now: Date,
    sourcePortfolioId?: string,
  ) {
    yield* requirePortfolio(scope, portfolioId)
    const own = (yield* getProduct(scope, productId)) !== undefined
    if (!own && sourcePortfolioId === undefined) yield* requireProduct(scope, productId)
    if (sourcePortfolioId !== undefined) {
      const held = own
        ? yield* holdsProduct(scope, sourcePortfolioId, productId)
        : (yield* importedHolding(scope, productId)).some(({ portfolio }) => portfolio.detail.Id === sourcePortfolioId)
      if (!held) {
        throw new Refusal('NotFound', `Product ${productId} not found in portfolio ${sourcePortfolioId}.`)
      }
    }
    if (yield* holdsProduct(scope, portfolioId, productId)) return
    const count = yield* first(
      db
        .selectFrom('portfolio_products')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId),
    )
    requireBelow(limits.products, count, 'products in a portfolio')
    yield* run(
      db.insertInto('portfolio_products').values({
        ...scopeColumns(scope),
        portfolio_id: portfolioId,
        product_id: productId,
        created_at: now.getTime(),
        source_portfolio_id: own ? null : sourcePortfolioId!,
      }),
    )
  }),

  /** Gives a principal access to a portfolio; once more changes nothing. Refuses NotFound and LimitExceeded. */
  addPrincipal: write(function* (scope: Scope, association: PrincipalAssociation, now: Date) {
    const { portfolioId, principalArn, principalType } = association
    yield* requireUsablePortfolio(scope, portfolioId)
    const principals = yield* principalsOf(scope, [portfolioId])
    if (principals.some(principal => principal.principalArn === principalArn)) return
    requireBelow(limits.principals, { count: principals.length }, 'principals of a portfolio')
    if (principalType === 'IAM_PATTERN') {
      const patterns = principals.filter(principal => principal.principalType === 'IAM_PATTERN')
      requireBelow(limits.patterns, { count: patterns.length }, 'principals of type IAM_PATTERN of a portfolio')
    }
    yield* run(
      db.insertInto('portfolio_principals').values({
        ...scopeColumns(scope),
        portfolio_id: portfolioId,
        principal_arn: principalArn,
        principal_type: principalType,
        created_at: now.getTime(),
      }),
    )
  }),
}

function* principalsOf(scope: Scope, portfolioIds: readonly string[]): Steps<PrincipalAssociation[]> {
  if (portfolioIds.length === 0) return []
  const rows = yield* all(
    db
      .selectFrom('portfolio_principals')
      .select(['portfolio_id', 'principal_arn', 'principal_type'])
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('portfolio_id', 'in', portfolioIds)
      .orderBy('created_at')
      .orderBy('principal_arn'),
  )
  return rows.map(row => ({
    portfolioId: row.portfolio_id,
    principalArn: row.principal_arn,
    principalType: row.principal_type as PrincipalAssociation['principalType'],
  }))
}
