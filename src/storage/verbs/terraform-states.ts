import type { Scope } from '../../catalog/scope.ts'
import { all, db, first, read, run, type Steps, write } from '../verb.ts'
import type { SealedSecret } from './access-keys.ts'
import { scopeColumns } from './scoped.ts'

/**
 * The states of Terraform products, version by version, and the runs that may read and write them. A run holds a lease;
 * the lock that Terraform takes is the run's, and falls with its lease or its end.
 */
export interface TerraformRun {
  /** The engine request's: names one run. */
  readonly token: string
  readonly scope: Scope
  readonly provisionedProductId: string
  readonly recordId: string
}

export interface StoredState {
  readonly version: number
  readonly state: SealedSecret
  readonly recordId: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

/** The lock that stands in the way: what its holder told of itself, as JSON text. */
export interface HeldLock {
  readonly info: string
}

/** Versions that are kept of each product's state. */
const versionsKept = 30

function statesOf(scope: Scope, provisionedProductId: string) {
  return db
    .selectFrom('terraform_states')
    .where('account_id', '=', scope.accountId)
    .where('region', '=', scope.region)
    .where('provisioned_product_id', '=', provisionedProductId)
}

function* latest(scope: Scope, provisionedProductId: string): Steps<StoredState | undefined> {
  const row = yield* first(statesOf(scope, provisionedProductId).selectAll().orderBy('version', 'desc').limit(1))
  return row && stored(row)
}

function stored(row: { version: number; state: string; record_id: string; created_at: number }): StoredState {
  return {
    version: row.version,
    state: row.state as SealedSecret,
    recordId: row.record_id,
    createdAt: row.created_at,
  }
}

/** The lock on a product's state that still counts. */
function* lockOn({ scope, provisionedProductId }: TerraformRun, now: number) {
  return yield* first(
    db
      .selectFrom('terraform_runs')
      .selectAll()
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('provisioned_product_id', '=', provisionedProductId)
      .where('lock_id', 'is not', null)
      .where('lease_until', '>', now),
  )
}

export const terraformStates = {
  /** Lets a run begin, or goes on with it. */
  begin: write(function* ({ token, scope, provisionedProductId, recordId }: TerraformRun, leaseUntil: number) {
    yield* run(
      db
        .insertInto('terraform_runs')
        .values({
          token,
          ...scopeColumns(scope),
          provisioned_product_id: provisionedProductId,
          record_id: recordId,
          lease_until: leaseUntil,
          lock_id: null,
          lock_info: null,
        })
        .onConflict(conflict => conflict.column('token').doUpdateSet({ lease_until: leaseUntil })),
    )
  }),

  /** Its end: from now on it may not read or write, and its lock is nobody's. */
  end: write(function* (token: string) {
    yield* run(db.deleteFrom('terraform_runs').where('token', '=', token))
  }),

  renew: write(function* (token: string, leaseUntil: number) {
    yield* run(db.updateTable('terraform_runs').set({ lease_until: leaseUntil }).where('token', '=', token))
  }),

  /** The run, as long as it has not ended. */
  run: read(function* (token: string): Steps<TerraformRun | undefined> {
    const row = yield* first(db.selectFrom('terraform_runs').selectAll().where('token', '=', token))
    return (
      row && {
        token,
        scope: { accountId: row.account_id, region: row.region },
        provisionedProductId: row.provisioned_product_id,
        recordId: row.record_id,
      }
    )
  }),

  /** Locks the state for a run; answers the lock that stands in the way, if there is one. */
  lock: write(function* (
    terraformRun: TerraformRun,
    lock: { readonly id: string; readonly info: string },
    now: number,
    leaseUntil: number,
  ): Steps<HeldLock | undefined> {
    const held = yield* lockOn(terraformRun, now)
    if (held && held.lock_id !== lock.id) return { info: held.lock_info ?? '{}' }
    // What a dead run left behind is out of the way now.
    const { scope, provisionedProductId, token } = terraformRun
    yield* run(
      db
        .updateTable('terraform_runs')
        .set({ lock_id: null, lock_info: null })
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('provisioned_product_id', '=', provisionedProductId),
    )
    yield* run(
      db
        .updateTable('terraform_runs')
        .set({ lock_id: lock.id, lock_info: lock.info, lease_until: leaseUntil })
        .where('token', '=', token),
    )
    return undefined
  }),

  /** Gives a lock back; answers the lock that stands there when it is another. `lockId` undefined: whichever it is. */
  unlock: write(function* (terraformRun: TerraformRun, lockId: string | undefined, now: number) {
    const held = yield* lockOn(terraformRun, now)
    if (!held) return undefined
    if (lockId !== undefined && held.lock_id !== lockId) return { info: held.lock_info ?? '{}' }
    yield* run(db.updateTable('terraform_runs').set({ lock_id: null, lock_info: null }).where('token', '=', held.token))
    return undefined
  }),

  /**
   * Keeps a further version of the state. With a lock of another run on it, or under a lock id that is not the one that
   * counts, nothing is written: the lock that does count is the answer. `lockId` undefined: written without a lock.
   */
  save: write(function* (
    terraformRun: TerraformRun,
    state: SealedSecret,
    lockId: string | undefined,
    now: number,
  ): Steps<HeldLock | undefined> {
    const { scope, provisionedProductId, recordId, token } = terraformRun
    const held = yield* lockOn(terraformRun, now)
    if (held && held.token !== token) return { info: held.lock_info ?? '{}' }
    const own = yield* first(db.selectFrom('terraform_runs').select('lock_id').where('token', '=', token))
    // An own lock whose lease has run out counts as long as nobody has taken it over.
    if (lockId !== undefined && own?.lock_id !== lockId) return { info: held?.lock_info ?? '{}' }
    const version = ((yield* latest(scope, provisionedProductId))?.version ?? 0) + 1
    yield* run(
      db.insertInto('terraform_states').values({
        ...scopeColumns(scope),
        provisioned_product_id: provisionedProductId,
        version,
        record_id: recordId,
        created_at: now,
        state,
      }),
    )
    yield* run(
      db
        .deleteFrom('terraform_states')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('provisioned_product_id', '=', provisionedProductId)
        .where('version', '<=', version - versionsKept),
    )
    return undefined
  }),

  latest: read(latest),

  /** All that are kept, the newest first. */
  versions: read(function* (scope: Scope, provisionedProductId: string): Steps<readonly StoredState[]> {
    const rows = yield* all(statesOf(scope, provisionedProductId).selectAll().orderBy('version', 'desc'))
    return rows.map(stored)
  }),

  /** Forgets a product's states: nothing that they describe is left. */
  remove: write(function* (scope: Scope, provisionedProductId: string) {
    yield* run(
      db
        .deleteFrom('terraform_states')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('provisioned_product_id', '=', provisionedProductId),
    )
  }),
}
