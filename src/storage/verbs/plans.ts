import type { CatalogRecord, ProvisionedProduct } from '../../catalog/entities.ts'
import type { Execution } from '../../catalog/execution.ts'
import { type PlanOutcome, underChange } from '../../catalog/lifecycle.ts'
import { isAtWork, isOpen, type ProvisionedProductPlan } from '../../catalog/plan.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { CreateProvisionedProductPlanOutput, RecordDetail } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, type PageRequest, read, run, type Steps, write } from '../verb.ts'
import { requireArtifactAnywhere } from './artifacts.ts'
import { insertExecution } from './executions.ts'
import { type AccessFilter, ownedBy, ownerColumns } from './owned.ts'
import {
  deleteProvisionedProduct,
  getProvisionedProduct,
  insertProvisionedProduct,
  updateProvisionedProduct,
} from './provisioned-products.ts'
import { insertRecord } from './records.ts'
import { entities, oldestFirst, page, scopeColumns } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

export interface PlanFilter extends AccessFilter {
  readonly provisionedProductId?: string
}

function* getPlan(scope: Scope, id: string): Steps<ProvisionedProductPlan | undefined> {
  const row = yield* first(
    db
      .selectFrom('provisioned_product_plans')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('id', '=', id),
  )
  return row && fromJson<ProvisionedProductPlan>(row.data)
}

function* requirePlan(scope: Scope, id: string): Steps<ProvisionedProductPlan> {
  const plan = yield* getPlan(scope, id)
  if (!plan) throw new Refusal('NotFound', `Provisioned product plan ${id} not found.`)
  return plan
}

function* updatePlan(plan: ProvisionedProductPlan): Steps<void> {
  yield* run(
    db
      .updateTable('provisioned_product_plans')
      .set({ status: plan.detail.Status, data: toJson(plan) })
      .where('account_id', '=', plan.scope.accountId)
      .where('region', '=', plan.scope.region)
      .where('id', '=', plan.detail.PlanId),
  )
}

function* plansOf(scope: Scope, provisionedProductId: string): Steps<ProvisionedProductPlan[]> {
  const rows = yield* all(
    db
      .selectFrom('provisioned_product_plans')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('provisioned_product_id', '=', provisionedProductId),
  )
  return entities<ProvisionedProductPlan>(rows)
}

/** Writes into a plan how its execution ended; for use where a record is settled. */
export function* settlePlan(scope: Scope, id: string, record: CatalogRecord): Steps<void> {
  const plan = yield* getPlan(scope, id)
  if (!plan) return
  const { Status, RecordErrors = [], UpdatedTime } = record.detail
  const failed = Status === 'FAILED'
  yield* updatePlan({
    ...plan,
    detail: {
      ...plan.detail,
      Status: failed ? 'EXECUTE_FAILED' : 'EXECUTE_SUCCESS',
      StatusMessage: failed ? RecordErrors.map(error => error.Description ?? '').join('; ') : undefined,
      UpdatedTime,
    },
  })
}

/** Writes into a plan what its making came to; for use where its execution ends. */
export function* planMade(scope: Scope, id: string, outcome: PlanOutcome, now: Date): Steps<void> {
  const plan = yield* getPlan(scope, id)
  if (plan?.detail.Status !== 'CREATE_IN_PROGRESS') return
  const made = outcome.status === 'PLANNED'
  yield* updatePlan({
    ...plan,
    changes: (made ? outcome.changes : undefined) ?? plan.changes,
    planned: outcome.planned,
    detail: {
      ...plan.detail,
      Status: made ? 'CREATE_SUCCESS' : 'CREATE_FAILED',
      StatusMessage: made ? undefined : outcome.message,
      UpdatedTime: now,
    },
  })
}

/** A product that is gone takes its plans along. */
export function* deletePlansOf(product: ProvisionedProduct): Steps<void> {
  yield* run(
    db
      .deleteFrom('provisioned_product_plans')
      .where('account_id', '=', product.scope.accountId)
      .where('region', '=', product.scope.region)
      .where('provisioned_product_id', '=', product.detail.Id),
  )
}

export const plans = {
  get: read(getPlan),

  /** Oldest first. */
  list: read(function* (scope: Scope, filter: PlanFilter, request: PageRequest) {
    const rows = yield* all(
      db
        .selectFrom('provisioned_product_plans')
        .select(['id', 'created_at', 'data'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where(ownedBy(filter))
        .$if(filter.provisionedProductId !== undefined, query =>
          query.where('provisioned_product_id', '=', filter.provisionedProductId!),
        )
        .$call(oldestFirst(request)),
    )
    return page(rows, request, row => fromJson<ProvisionedProductPlan>(row.data))
  }),

  /**
   * Writes a plan, and with it the product that it is to make (PLAN_IN_PROGRESS), where it is to make one. Refuses
   * InvalidState when the name is taken, the product is not stable or has an open plan already; NotFound when the product
   * or the version is gone.
   */
  create: write(function* (
    plan: ProvisionedProductPlan,
    made: ProvisionedProduct | undefined,
    /** What finds out the changes; undefined: they are known. */
    execution: Execution | undefined,
    claim: TokenClaim | undefined,
    answer: CreateProvisionedProductPlanOutput,
  ) {
    const { scope, detail } = plan
    return yield* once(claim, answer, detail.CreatedTime, function* () {
      yield* requireArtifactAnywhere(detail.ProductId, detail.ProvisioningArtifactId)
      if (made) {
        const inserted = yield* insertProvisionedProduct(made)
        if (!inserted) {
          throw new Refusal('InvalidState', `A stack named ${made.detail.Name} already exists.`)
        }
      } else {
        yield* requireStable(plan)
        const open = (yield* plansOf(scope, detail.ProvisionProductId)).find(other => isOpen(other.detail.Status))
        if (open) {
          throw new Refusal(
            'InvalidState',
            `Provisioned product ${detail.ProvisionProductId} already has the plan ${open.detail.PlanId}.`,
          )
        }
      }
      yield* run(
        db.insertInto('provisioned_product_plans').values({
          ...scopeColumns(scope),
          id: detail.PlanId,
          created_at: detail.CreatedTime.getTime(),
          provisioned_product_id: detail.ProvisionProductId,
          status: detail.Status,
          ...ownerColumns(plan.userArn),
          data: toJson(plan),
        }),
      )
      if (execution) yield* insertExecution(execution)
    })
  }),

  /**
   * Accepts the execution of a plan, as ProvisionProduct and UpdateProvisionedProduct are accepted. Refuses NotFound, and
   * InvalidState when the plan was executed before or the product has changed since it was made.
   */
  execute: write(function* (
    planId: string,
    record: CatalogRecord,
    execution: Execution,
    claim: TokenClaim | undefined,
    answer: { readonly RecordDetail?: RecordDetail },
  ) {
    return yield* once(claim, answer, record.detail.CreatedTime, function* () {
      const plan = yield* requirePlan(record.scope, planId)
      const { detail } = plan
      if (detail.Status !== 'CREATE_SUCCESS') {
        throw new Refusal('InvalidState', `Provisioned product plan ${planId} is in status ${detail.Status}.`)
      }
      yield* requireArtifactAnywhere(detail.ProductId, detail.ProvisioningArtifactId)
      const product = yield* requireStable(plan)
      const changed = underChange(product, record)
      // A product that is only planned has no status to go back to.
      const { statusBefore: _, ...fresh } = changed
      yield* updateProvisionedProduct(plan.basedOn === undefined ? fresh : changed)
      yield* insertRecord(record)
      yield* insertExecution(execution)
      yield* updatePlan({
        ...plan,
        detail: { ...detail, Status: 'EXECUTE_IN_PROGRESS', UpdatedTime: record.detail.CreatedTime },
      })
    })
  }),

  /**
   * Deletes a plan, and the product that was only planned by it. Refuses NotFound, and InvalidState while it is made or
   * executed.
   */
  delete: write(function* (scope: Scope, id: string) {
    const plan = yield* requirePlan(scope, id)
    if (isAtWork(plan.detail.Status)) {
      throw new Refusal('InvalidState', `Provisioned product plan ${id} is in status ${plan.detail.Status}.`)
    }
    const product = yield* getProvisionedProduct(scope, plan.detail.ProvisionProductId)
    if (product?.detail.Status === 'PLAN_IN_PROGRESS') yield* deleteProvisionedProduct(product)
    yield* run(
      db
        .deleteFrom('provisioned_product_plans')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
  }),
}

/** The product that a plan is about, in the status that it was planned in. Refuses NotFound and InvalidState. */
function* requireStable({ scope, detail, basedOn }: ProvisionedProductPlan): Steps<ProvisionedProduct> {
  const { ProvisionProductId: id } = detail
  const product = yield* getProvisionedProduct(scope, id)
  if (!product) throw new Refusal('NotFound', `Provisioned product ${id} not found.`)
  const { Status, LastProvisioningRecordId } = product.detail
  const wanted = basedOn === undefined ? ['PLAN_IN_PROGRESS'] : ['AVAILABLE', 'TAINTED']
  if (!wanted.includes(Status)) {
    throw new Refusal('InvalidState', `Provisioned product ${id} is in status ${Status}.`)
  }
  if (LastProvisioningRecordId !== basedOn) {
    throw new Refusal('InvalidState', `Provisioned product ${id} has changed since the plan was made.`)
  }
  return product
}
