import type { Portfolio } from '../../catalog/entities.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { CreatePortfolioOutput } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, type PageRequest, read, run, write } from '../verb.ts'
import { page, scopeColumns } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

export const portfolios = {
  get: read(function* (scope: Scope, id: string) {
    const row = yield* first(
      db
        .selectFrom('portfolios')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
    return row && fromJson<Portfolio>(row.data)
  }),

  /** Oldest first. */
  list: read(function* (scope: Scope, request: PageRequest) {
    const rows = yield* all(
      db
        .selectFrom('portfolios')
        .select(['id', 'created_at', 'data'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .$if(request.after !== undefined, query =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('created_at', 'id'), '>', tuple(request.after!.at, request.after!.id)),
          ),
        )
        .orderBy('created_at')
        .orderBy('id')
        .limit(request.size + 1),
    )
    return page(rows, request, row => fromJson<Portfolio>(row.data))
  }),

  create: write(function* (portfolio: Portfolio, claim: TokenClaim | undefined, answer: CreatePortfolioOutput) {
    const { detail, scope } = portfolio
    return yield* once(claim, answer, detail.CreatedTime, function* () {
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
}
