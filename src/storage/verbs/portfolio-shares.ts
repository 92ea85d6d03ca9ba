import type { Portfolio } from '../../catalog/entities.ts'
import {
  type DescribedShare,
  type ImportedPortfolio,
  type ImportKind,
  importKind,
  isImported,
  type PortfolioShare,
  type ShareNode,
  type ShareOperation,
} from '../../catalog/portfolio-sharing.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { AccessStatus } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, read, run, type Steps, write } from '../verb.ts'
import { requirePortfolio } from './portfolios.ts'
import { requireBelow, scopeColumns } from './scoped.ts'

/** Shares of one portfolio (AWS's default quota). */
const shareLimit = 5000

/** Portfolios of other accounts that an account may use, oldest first, each once. */
export function* importedPortfolios(scope: Scope): Steps<ImportedPortfolio[]> {
  const rows = yield* all(
    db
      .selectFrom('portfolio_share_receivers as r')
      .innerJoin('portfolio_shares as s', join =>
        join
          .onRef('s.account_id', '=', 'r.account_id')
          .onRef('s.region', '=', 'r.region')
          .onRef('s.portfolio_id', '=', 'r.portfolio_id')
          .onRef('s.node_type', '=', 'r.node_type')
          .onRef('s.node_value', '=', 'r.node_value'),
      )
      .innerJoin('portfolios as p', join =>
        join
          .onRef('p.account_id', '=', 'r.account_id')
          .onRef('p.region', '=', 'r.region')
          .onRef('p.id', '=', 'r.portfolio_id'),
      )
      .select(['s.data as share', 'p.data as portfolio'])
      .where('r.receiver', '=', scope.accountId)
      .where('r.region', '=', scope.region)
      .orderBy('p.created_at')
      .orderBy('p.id'),
  )
  if (rows.length === 0) return []
  const answers = yield* answersOf(scope)
  const found = new Map<string, ImportedPortfolio>()
  for (const row of rows) {
    const share = fromJson<PortfolioShare>(row.share)
    const kind = importKind(share.node)
    if (!isImported(kind, answers.get(`${share.portfolioId} ${kind}`))) continue
    // Several shares may cover an account; what one of them gives, it has.
    const before = found.get(share.portfolioId)
    found.set(share.portfolioId, {
      portfolio: before?.portfolio ?? fromJson<Portfolio>(row.portfolio),
      kind: before?.kind === 'IMPORTED' ? 'IMPORTED' : kind,
      sharePrincipals: share.sharePrincipals || (before?.sharePrincipals ?? false),
      shareTagOptions: share.shareTagOptions || (before?.shareTagOptions ?? false),
    })
  }
  return [...found.values()]
}

/** The imported portfolios that hold a product. */
export function* importedHolding(scope: Scope, productId: string): Steps<ImportedPortfolio[]> {
  const imported = yield* importedPortfolios(scope)
  const held = yield* linksOf(scope.region, imported, productId)
  return imported.filter(({ portfolio }) => held.has(`${portfolio.detail.Id} ${productId}`))
}

/** What imported portfolios hold, as `PORTFOLIO PRODUCT`: all their products, or one. */
export function* linksOf(
  region: string,
  imported: readonly ImportedPortfolio[],
  productId: string | undefined,
): Steps<ReadonlySet<string>> {
  if (imported.length === 0) return new Set()
  const rows = yield* all(
    db
      .selectFrom('portfolio_products')
      .select(['portfolio_id', 'product_id'])
      .where('account_id', 'in', [...new Set(imported.map(({ portfolio }) => portfolio.scope.accountId))])
      .where('region', '=', region)
      .where(
        'portfolio_id',
        'in',
        imported.map(({ portfolio }) => portfolio.detail.Id),
      )
      // Nobody shares on what was shared with them.
      .where('source_portfolio_id', 'is', null)
      .$if(productId !== undefined, query => query.where('product_id', '=', productId!)),
  )
  return new Set(rows.map(row => `${row.portfolio_id} ${row.product_id}`))
}

/** By `PORTFOLIO KIND`. */
function* answersOf(scope: Scope): Steps<ReadonlyMap<string, string>> {
  const rows = yield* all(
    db
      .selectFrom('portfolio_share_answers')
      .select(['portfolio_id', 'kind', 'answer'])
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region),
  )
  return new Map(rows.map(row => [`${row.portfolio_id} ${row.kind}`, row.answer]))
}

function* getShare(scope: Scope, portfolioId: string, node: ShareNode): Steps<PortfolioShare | undefined> {
  const row = yield* first(
    db
      .selectFrom('portfolio_shares')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('portfolio_id', '=', portfolioId)
      .where('node_type', '=', node.type)
      .where('node_value', '=', node.value),
  )
  return row && fromJson<PortfolioShare>(row.data)
}

/** Refuses NotFound. */
function* requireShare(scope: Scope, portfolioId: string, node: ShareNode): Steps<PortfolioShare> {
  yield* requirePortfolio(scope, portfolioId)
  const share = yield* getShare(scope, portfolioId, node)
  if (!share) throw new Refusal('NotFound', `Portfolio ${portfolioId} is not shared with ${node.value}.`)
  return share
}

function* receiversOf(share: PortfolioShare): Steps<string[]> {
  const { scope, portfolioId, node } = share
  const rows = yield* all(
    db
      .selectFrom('portfolio_share_receivers')
      .select('receiver')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('portfolio_id', '=', portfolioId)
      .where('node_type', '=', node.type)
      .where('node_value', '=', node.value)
      .orderBy('receiver'),
  )
  return rows.map(row => row.receiver)
}

function* addReceivers({ scope, portfolioId, node }: PortfolioShare, receivers: readonly string[]): Steps<void> {
  for (const receiver of receivers) {
    if (receiver === scope.accountId) continue
    yield* run(
      db.insertInto('portfolio_share_receivers').values({
        ...scopeColumns(scope),
        portfolio_id: portfolioId,
        node_type: node.type,
        node_value: node.value,
        receiver,
      }),
    )
  }
}

/**
 * Takes receivers from a share. An account that has the portfolio by no other share of the kind loses its answer, and by
 * no other at all its principals, so that a share made anew starts anew.
 */
function* removeReceivers(share: PortfolioShare, receivers: readonly string[]): Steps<void> {
  const { scope, portfolioId, node } = share
  for (const receiver of receivers) {
    yield* run(
      db
        .deleteFrom('portfolio_share_receivers')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId)
        .where('node_type', '=', node.type)
        .where('node_value', '=', node.value)
        .where('receiver', '=', receiver),
    )
    const left = yield* all(
      db
        .selectFrom('portfolio_share_receivers')
        .select('node_type')
        .where('receiver', '=', receiver)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId),
    )
    const kind = importKind(node)
    const kinds = left.map(row => importKind({ type: row.node_type as ShareNode['type'], value: '' }))
    if (!kinds.includes(kind)) {
      yield* run(
        db
          .deleteFrom('portfolio_share_answers')
          .where('account_id', '=', receiver)
          .where('region', '=', scope.region)
          .where('portfolio_id', '=', portfolioId)
          .where('kind', '=', kind),
      )
    }
    if (kinds.length > 0) continue
    yield* run(
      db
        .deleteFrom('portfolio_principals')
        .where('account_id', '=', receiver)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId),
    )
  }
}

function* deleteShare(share: PortfolioShare): Steps<readonly string[]> {
  const { scope, portfolioId, node } = share
  const receivers = yield* receiversOf(share)
  yield* run(
    db
      .deleteFrom('portfolio_shares')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('portfolio_id', '=', portfolioId)
      .where('node_type', '=', node.type)
      .where('node_value', '=', node.value),
  )
  yield* removeReceivers(share, receivers)
  return receivers
}

function* sharesOf(scope: Scope, portfolioId: string): Steps<PortfolioShare[]> {
  const rows = yield* all(
    db
      .selectFrom('portfolio_shares')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('portfolio_id', '=', portfolioId)
      .orderBy('created_at')
      .orderBy('node_value'),
  )
  return rows.map(row => fromJson<PortfolioShare>(row.data))
}

function* insertOperation(operation: ShareOperation | undefined): Steps<void> {
  if (!operation) return
  yield* run(
    db.insertInto('portfolio_share_operations').values({
      ...scopeColumns(operation.scope),
      id: operation.id,
      created_at: operation.createdAt.getTime(),
      portfolio_id: operation.portfolioId,
      data: toJson(operation),
    }),
  )
}

function* accessStatus(organizationId: string): Steps<AccessStatus> {
  const row = yield* first(
    db.selectFrom('organization_access').select('status').where('organization_id', '=', organizationId),
  )
  return (row?.status as AccessStatus | undefined) ?? 'DISABLED'
}

export const portfolioShares = {
  /** See importedPortfolios. */
  imported: read(importedPortfolios),

  /** See importedHolding. */
  importedHolding: read(importedHolding),

  /**
   * Shares a portfolio of one's own; a share that is there already stays as it is. `receivers` are the accounts that the
   * node stands for. `organizationId` is given with an organization's node. Refuses NotFound, LimitExceeded, and
   * InvalidState when the organization's access is not enabled or the portfolio holds another account's product.
   */
  create: write(function* (
    share: PortfolioShare,
    receivers: readonly string[],
    organizationId: string | undefined,
    operation: ShareOperation | undefined,
  ) {
    const { scope, portfolioId, node } = share
    yield* requirePortfolio(scope, portfolioId)
    if (organizationId !== undefined && (yield* accessStatus(organizationId)) !== 'ENABLED') {
      throw new Refusal('InvalidState', 'AWSOrganizationsAccess must be enabled to share with an organization node.')
    }
    const foreign = yield* first(
      db
        .selectFrom('portfolio_products')
        .select('product_id')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId)
        .where('source_portfolio_id', 'is not', null),
    )
    if (foreign) {
      throw new Refusal(
        'InvalidState',
        `Portfolio ${portfolioId} holds the shared product ${foreign.product_id}; what was shared cannot be shared on.`,
      )
    }
    yield* insertOperation(operation)
    if (yield* getShare(scope, portfolioId, node)) return
    const count = yield* first(
      db
        .selectFrom('portfolio_shares')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId),
    )
    requireBelow(shareLimit, count, 'shares of a portfolio')
    yield* run(
      db.insertInto('portfolio_shares').values({
        ...scopeColumns(scope),
        portfolio_id: portfolioId,
        node_type: node.type,
        node_value: node.value,
        created_at: share.createdAt.getTime(),
        data: toJson(share),
      }),
    )
    yield* addReceivers(share, receivers)
  }),

  /** Changes what a share takes along; an absent flag stays as it was. Refuses NotFound. */
  update: write(function* (
    scope: Scope,
    portfolioId: string,
    node: ShareNode,
    change: Partial<Pick<PortfolioShare, 'shareTagOptions' | 'sharePrincipals'>>,
    operation: ShareOperation | undefined,
  ) {
    const share = yield* requireShare(scope, portfolioId, node)
    yield* run(
      db
        .updateTable('portfolio_shares')
        .set({ data: toJson({ ...share, ...change }) })
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId)
        .where('node_type', '=', node.type)
        .where('node_value', '=', node.value),
    )
    yield* insertOperation(operation && { ...operation, accounts: yield* receiversOf(share) })
  }),

  /** Refuses NotFound. */
  delete: write(function* (scope: Scope, portfolioId: string, node: ShareNode, operation: ShareOperation | undefined) {
    const receivers = yield* deleteShare(yield* requireShare(scope, portfolioId, node))
    yield* insertOperation(operation && { ...operation, accounts: receivers })
  }),

  /** A portfolio's shares, oldest first, at most 5000. Refuses NotFound when the portfolio is not the caller's own. */
  list: read(function* (scope: Scope, portfolioId: string) {
    yield* requirePortfolio(scope, portfolioId)
    const shares = yield* sharesOf(scope, portfolioId)
    if (shares.length === 0) return []
    const accepted = yield* all(
      db
        .selectFrom('portfolio_share_answers')
        .select('account_id')
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId)
        .where('kind', '=', 'IMPORTED' satisfies ImportKind)
        .where('answer', '=', 'ACCEPTED')
        .where(
          'account_id',
          'in',
          shares.map(({ node }) => node.value),
        ),
    )
    const importers = new Set(accepted.map(row => row.account_id))
    return shares.map(
      (share): DescribedShare => ({
        ...share,
        accepted: importKind(share.node) === 'AWS_ORGANIZATIONS' || importers.has(share.node.value),
      }),
    )
  }),

  /** The accounts that a share with a node reaches, sorted. Refuses NotFound. */
  receivers: read(function* (scope: Scope, portfolioId: string, node: ShareNode) {
    return yield* receiversOf(yield* requireShare(scope, portfolioId, node))
  }),

  operation: read(function* (scope: Scope, id: string) {
    const row = yield* first(
      db
        .selectFrom('portfolio_share_operations')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
    return row && fromJson<ShareOperation>(row.data)
  }),

  /** A receiving account takes or refuses what is shared with it; the last answer counts. Refuses NotFound. */
  answer: write(function* (scope: Scope, portfolioId: string, kind: ImportKind, answer: 'ACCEPTED' | 'REJECTED') {
    const offers = yield* all(
      db
        .selectFrom('portfolio_share_receivers')
        .select('node_type')
        .where('receiver', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('portfolio_id', '=', portfolioId),
    )
    if (!offers.some(row => importKind({ type: row.node_type as ShareNode['type'], value: '' }) === kind)) {
      throw new Refusal('NotFound', `Portfolio ${portfolioId} is not shared with account ${scope.accountId}.`)
    }
    yield* run(
      db
        .insertInto('portfolio_share_answers')
        .values({ ...scopeColumns(scope), portfolio_id: portfolioId, kind, answer })
        .onConflict(conflict =>
          conflict.columns(['account_id', 'region', 'portfolio_id', 'kind']).doUpdateSet({ answer }),
        ),
    )
  }),

  /** DISABLED until it is enabled. */
  organizationAccess: read(accessStatus),

  setOrganizationAccess: write(function* (organizationId: string, status: 'ENABLED' | 'DISABLED', now: Date) {
    const updated = { status, updated_at: now.getTime() }
    yield* run(
      db
        .insertInto('organization_access')
        .values({ organization_id: organizationId, ...updated })
        .onConflict(conflict => conflict.column('organization_id').doUpdateSet(updated)),
    )
  }),

  /**
   * Brings the shares with organization nodes in line with what the organization is now: `receiversOf` answers a node's
   * accounts, none for a node that is gone. Nothing happens while its access is disabled (DisableAWSOrganizationsAccess:
   * "current shares are not kept in sync").
   */
  sync: write(function* (organizationId: string, accountsOf: (node: ShareNode) => readonly string[]) {
    if ((yield* accessStatus(organizationId)) !== 'ENABLED') return
    const rows = yield* all(db.selectFrom('portfolio_shares').select('data').where('node_type', '!=', 'ACCOUNT'))
    for (const row of rows) {
      const share = fromJson<PortfolioShare>(row.data)
      const before = new Set(yield* receiversOf(share))
      const now = accountsOf(share.node).filter(account => account !== share.scope.accountId)
      yield* addReceivers(
        share,
        now.filter(account => !before.has(account)),
      )
      yield* removeReceivers(
        share,
        [...before].filter(account => !now.includes(account)),
      )
    }
  }),
}
