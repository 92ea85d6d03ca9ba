import type { CatalogRecord } from '../../catalog/entities.ts'
import { fromJson } from '../json.ts'
import { all, db, read, run, write } from '../verb.ts'
import { getProvisionedProduct } from './provisioned-products.ts'

/** A place among the records, by when they changed last. */
interface Place {
  readonly updatedAt: number
  readonly id: string
}

/** Deletes what is older than anybody wants to keep it, some at a time, so that nobody waits for long. */
export const retention = {
  /** Executions that were accepted before `before` and have ended, with their steps and signals; answers how many went. */
  deleteExecutions: write(function* (before: Date, most: number) {
    const rows = yield* all(
      db
        .selectFrom('executions')
        .select('id')
        .where('run_at', 'is', null)
        .where('created_at', '<', before.getTime())
        .orderBy('created_at')
        .limit(most),
    )
    const ids = rows.map(({ id }) => id)
    if (ids.length === 0) return 0
    yield* run(db.deleteFrom('steps').where('execution_id', 'in', ids))
    yield* run(db.deleteFrom('signals').where('execution_id', 'in', ids))
    yield* run(db.deleteFrom('execution_tags').where('execution_id', 'in', ids))
    yield* run(db.deleteFrom('resumed_executions').where('execution_id', 'in', ids))
    yield* run(db.deleteFrom('executions').where('id', 'in', ids))
    return ids.length
  }),

  /** Records that changed last before `before`, the longest ago first, after `place`. */
  oldRecords: read(function* (before: Date, place: Place | undefined, most: number) {
    const rows = yield* all(
      db
        .selectFrom('records')
        .select(['data', 'updated_at', 'id'])
        .where('updated_at', '<', before.getTime())
        .$if(place !== undefined, query =>
          query.where(eb =>
            eb.or([
              eb('updated_at', '>', place!.updatedAt),
              eb.and([eb('updated_at', '=', place!.updatedAt), eb('id', '>', place!.id)]),
            ]),
          ),
        )
        .orderBy('updated_at')
        .orderBy('id')
        .limit(most),
    )
    return rows.map(row => ({
      record: fromJson<CatalogRecord>(row.data),
      place: { updatedAt: row.updated_at, id: row.id } satisfies Place,
    }))
  }),

  /** A record that has ended, unless its provisioned product still points at it; answers whether it went. */
  deleteRecord: write(function* ({ scope, detail }: CatalogRecord) {
    if (detail.Status !== 'SUCCEEDED' && detail.Status !== 'FAILED') return false
    const product = yield* getProvisionedProduct(scope, detail.ProvisionedProductId)
    const { LastRecordId, LastProvisioningRecordId, LastSuccessfulProvisioningRecordId } = product?.detail ?? {}
    if ([LastRecordId, LastProvisioningRecordId, LastSuccessfulProvisioningRecordId].includes(detail.RecordId)) {
      return false
    }
    yield* run(
      db
        .deleteFrom('records')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', detail.RecordId),
    )
    return true
  }),

  /** What was done to executions before `before`; answers how much went. */
  deleteInterventions: write(function* (before: Date, most: number) {
    const rows = yield* all(
      db
        .selectFrom('interventions')
        .select(['account_id', 'region', 'id'])
        .where('created_at', '<', before.getTime())
        .orderBy('created_at')
        .limit(most),
    )
    for (const row of rows) {
      yield* run(
        db
          .deleteFrom('interventions')
          .where('account_id', '=', row.account_id)
          .where('region', '=', row.region)
          .where('id', '=', row.id),
      )
    }
    return rows.length
  }),

  /** Idempotency tokens that were used before `before`: from then on they are new ones. Answers how many went. */
  deleteTokens: write(function* (before: Date, most: number) {
    const rows = yield* all(
      db
        .selectFrom('idempotency_tokens')
        .select(['account_id', 'region', 'operation', 'token'])
        .where('created_at', '<', before.getTime())
        .orderBy('created_at')
        .limit(most),
    )
    for (const row of rows) {
      yield* run(
        db
          .deleteFrom('idempotency_tokens')
          .where('account_id', '=', row.account_id)
          .where('region', '=', row.region)
          .where('operation', '=', row.operation)
          .where('token', '=', row.token),
      )
    }
    return rows.length
  }),
}
