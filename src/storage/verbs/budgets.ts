import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import { all, db, first, type PageRequest, read, run, type Steps, write } from '../verb.ts'
import { requireResource } from './resources.ts'
import { page, requireBelow, scopeColumns } from './scoped.ts'

/** So many that nobody needs more; AWS declares the error and documents no number. */
const limit = 100

function* isAssociated(scope: Scope, resourceId: string, name: string): Steps<boolean> {
  const row = yield* first(
    db
      .selectFrom('budget_associations')
      .select('budget_name')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('resource_id', '=', resourceId)
      .where('budget_name', '=', name),
  )
  return row !== undefined
}

/** Budgets lie outside the catalog: it knows their names, and what they are associated with. */
export const budgets = {
  /** Names of all budgets of a portfolio or product, in the order of association. */
  ofResource: read(function* (scope: Scope, resourceId: string) {
    const rows = yield* all(
      db
        .selectFrom('budget_associations')
        .select('budget_name')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('resource_id', '=', resourceId)
        .orderBy('created_at')
        .orderBy('budget_name'),
    )
    return rows.map(row => row.budget_name)
  }),

  /** The same, by pages. Refuses NotFound when there is no such portfolio or product. */
  list: read(function* (scope: Scope, resourceId: string, request: PageRequest) {
    yield* requireResource(scope, resourceId)
    const rows = yield* all(
      db
        .selectFrom('budget_associations')
        .select(['budget_name as id', 'created_at'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('resource_id', '=', resourceId)
        .$if(request.after !== undefined, query =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('created_at', 'budget_name'), '>', tuple(request.after!.at, request.after!.id)),
          ),
        )
        .orderBy('created_at')
        .orderBy('budget_name')
        .limit(request.size + 1),
    )
    return page(rows, request, row => row.id)
  }),

  /** Refuses NotFound, Duplicate when it is associated already, and LimitExceeded. */
  associate: write(function* (scope: Scope, resourceId: string, name: string, now: Date) {
    yield* requireResource(scope, resourceId)
    if (yield* isAssociated(scope, resourceId, name)) {
      throw new Refusal('Duplicate', `Budget ${name} is already associated with ${resourceId}.`)
    }
    const count = yield* first(
      db
        .selectFrom('budget_associations')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('resource_id', '=', resourceId),
    )
    requireBelow(limit, count, 'budgets of a portfolio or product')
    yield* run(
      db.insertInto('budget_associations').values({
        ...scopeColumns(scope),
        resource_id: resourceId,
        budget_name: name,
        created_at: now.getTime(),
      }),
    )
  }),

  /** Refuses NotFound, also when it is not associated. */
  disassociate: write(function* (scope: Scope, resourceId: string, name: string) {
    if (!(yield* isAssociated(scope, resourceId, name))) {
      throw new Refusal('NotFound', `Budget ${name} is not associated with ${resourceId}.`)
    }
    yield* run(
      db
        .deleteFrom('budget_associations')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('resource_id', '=', resourceId)
        .where('budget_name', '=', name),
    )
  }),
}
