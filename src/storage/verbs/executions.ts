import type { CatalogRecord } from '../../catalog/entities.ts'
import { type Execution, isEnded, type Signal, type StepExecution } from '../../catalog/execution.ts'
import { type Outcome, type PlanOutcome, settle } from '../../catalog/lifecycle.ts'
import type { Scope } from '../../catalog/scope.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, type PageRequest, read, run, type Steps, wake, write } from '../verb.ts'
import { deletePlansOf, planMade, settlePlan } from './plans.ts'
import { deleteProvisionedProduct, getProvisionedProduct, updateProvisionedProduct } from './provisioned-products.ts'
import { getRecord, updateRecord } from './records.ts'
import { newestFirst, page, scopeColumns } from './scoped.ts'
import { forget } from './tokens.ts'

/** A worker wrote under a claim that is not the last one: another has taken the execution over. Nothing was changed. */
export class StaleClaim extends Error {
  constructor(executionId: string) {
    super(`The claim on execution ${executionId} has passed to another worker.`)
    this.name = 'StaleClaim'
  }
}

/** How an execution ends. */
export interface ExecutionEnd {
  readonly status: 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'
  readonly failureMessage?: string
  readonly outputs: Readonly<Record<string, readonly string[]>>
  readonly endedAt: Date
}

function* getExecution(id: string): Steps<Execution | undefined> {
  const row = yield* first(db.selectFrom('executions').select('data').where('id', '=', id))
  return row && fromJson<Execution>(row.data)
}

export function* insertExecution(execution: Execution): Steps<void> {
  yield* run(
    db.insertInto('executions').values({
      ...scopeColumns(execution.scope),
      id: execution.id,
      kind: execution.kind,
      status: execution.status,
      provisioned_product_id: execution.provisionedProductId ?? null,
      epoch: execution.epoch,
      run_at: execution.createdAt.getTime(),
      created_at: execution.createdAt.getTime(),
      data: toJson(execution),
    }),
  )
  yield* wake(execution.id)
}

/** `runAt` null: it has ended and nobody needs to look at it again. */
function* updateExecution(execution: Execution, runAt: number | null): Steps<void> {
  yield* run(
    db
      .updateTable('executions')
      .set({ status: execution.status, epoch: execution.epoch, run_at: runAt, data: toJson(execution) })
      .where('id', '=', execution.id),
  )
}

function* saveSteps(steps: readonly StepExecution[]): Steps<void> {
  for (const step of steps) {
    const values = {
      id: step.id,
      execution_id: step.executionId,
      ordinal: step.ordinal,
      name: step.name,
      status: step.status,
      data: toJson(step),
    }
    yield* run(
      db
        .insertInto('steps')
        .values(values)
        .onConflict(conflict => conflict.column('id').doUpdateSet({ status: values.status, data: values.data })),
    )
  }
}

/** The execution under this claim; throws StaleClaim when the claim is not the last one. */
function* claimed(id: string, epoch: number): Steps<Execution> {
  const execution = yield* getExecution(id)
  if (execution?.epoch !== epoch || isEnded(execution.status)) throw new StaleClaim(id)
  return execution
}

export const executions = {
  get: read(getExecution),

  /** In the order in which they were started. */
  steps: read(function* (executionId: string) {
    const rows = yield* all(
      db.selectFrom('steps').select('data').where('execution_id', '=', executionId).orderBy('ordinal'),
    )
    return rows.map(row => fromJson<StepExecution>(row.data))
  }),

  /** Oldest first. */
  signals: read(function* (executionId: string) {
    const rows = yield* all(
      db.selectFrom('signals').select('data').where('execution_id', '=', executionId).orderBy('sequence'),
    )
    return rows.map(row => fromJson<Signal>(row.data))
  }),

  /** Everything that has not ended, the most urgent first: what a dispatcher looks at when it starts. */
  unfinished: read(function* () {
    return yield* all(
      db.selectFrom('executions').select(['id', 'run_at']).where('run_at', 'is not', null).orderBy('run_at'),
    )
  }),

  /** Executions of documents, newest first. */
  listAutomations: read(function* (scope: Scope, request: PageRequest) {
    const rows = yield* all(
      db
        .selectFrom('executions')
        .select(['id', 'created_at', 'data'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('kind', '=', 'automation')
        .$call(newestFirst(request)),
    )
    return page(rows, request, row => fromJson<Execution>(row.data))
  }),

  /**
   * Takes an execution for a worker: its epoch goes up, so that whoever held it before can write no more. The first claim
   * starts it, and its record. Answers undefined when it has ended.
   */
  claim: write(function* (id: string, now: Date) {
    const found = yield* getExecution(id)
    if (!found || isEnded(found.status)) return undefined
    const execution: Execution = {
      ...found,
      epoch: found.epoch + 1,
      status: found.status === 'Pending' ? 'InProgress' : found.status,
      startedAt: found.startedAt ?? now,
    }
    yield* updateExecution(execution, now.getTime())
    if (found.epoch === 0 && execution.recordId) {
      const record = yield* getRecord(execution.scope, execution.recordId)
      if (record) yield* updateRecord(inProgress(record, now))
    }
    return execution
  }),

  /**
   * Writes steps as they are now, and when the execution wants to be looked at again. Throws StaleClaim, and then has
   * changed nothing.
   */
  saveSteps: write(function* (
    id: string,
    epoch: number,
    steps: readonly StepExecution[],
    runAt: number,
    /** The engine's work has failed and is being put back. */
    inError = false,
  ) {
    const execution = yield* claimed(id, epoch)
    yield* saveSteps(steps)
    if (inError) yield* recordInError(execution)
    const waiting = steps.at(-1)?.status === 'Waiting'
    yield* updateExecution({ ...execution, status: waiting ? 'Waiting' : 'InProgress', runAt }, runAt)
  }),

  /**
   * Ends an execution, and with it its record and the change of its product, in one transaction. Throws StaleClaim, and
   * then has changed nothing.
   */
  end: write(function* (
    id: string,
    epoch: number,
    steps: readonly StepExecution[],
    end: ExecutionEnd,
    outcome: Outcome | PlanOutcome | undefined,
  ) {
    const execution = yield* claimed(id, epoch)
    yield* saveSteps(steps)
    yield* updateExecution({ ...execution, ...end, runAt: undefined }, null)
    if (outcome?.status === 'PLANNED' || outcome?.status === 'UNPLANNED') {
      yield* planMade(execution.scope, execution.planId ?? '', outcome, end.endedAt)
      return
    }
    if (!outcome || !execution.recordId || !execution.provisionedProductId) return
    const record = yield* getRecord(execution.scope, execution.recordId)
    const product = yield* getProvisionedProduct(execution.scope, execution.provisionedProductId)
    if (!record || !product) return
    const settled = settle(product, record, outcome, end.endedAt)
    yield* updateRecord(settled.record)
    if (record.request.planId !== undefined) yield* settlePlan(record.scope, record.request.planId, settled.record)
    if (settled.product) yield* updateProvisionedProduct(settled.product)
    else {
      yield* deleteProvisionedProduct(product)
      yield* deletePlansOf(product)
      const token = record.request.terminateToken
      if (token) yield* forget(execution.scope, 'TerminateProvisionedProduct', token)
    }
  }),

  /** Puts a message into an execution's mailbox. Answers false when the execution has ended or is not there. */
  signal: write(function* (signal: Omit<Signal, 'sequence'>) {
    const execution = yield* getExecution(signal.executionId)
    if (!execution || isEnded(execution.status)) return false
    const last = yield* first(
      db
        .selectFrom('signals')
        .select('sequence')
        .where('execution_id', '=', signal.executionId)
        .orderBy('sequence', 'desc')
        .limit(1),
    )
    const sequence = (last?.sequence ?? 0) + 1
    yield* run(
      db
        .insertInto('signals')
        .values({ execution_id: signal.executionId, sequence, data: toJson({ ...signal, sequence }) }),
    )
    yield* wake(signal.executionId)
    return true
  }),

  /** Asks an execution to stop. Answers false when it has ended or is not there. */
  stop: write(function* (id: string, stop: 'Cancel' | 'Complete', now: Date) {
    const execution = yield* getExecution(id)
    if (!execution || isEnded(execution.status)) return false
    // Cancel is final; a later Complete does not soften it.
    yield* updateExecution({ ...execution, stop: execution.stop === 'Cancel' ? 'Cancel' : stop }, now.getTime())
    yield* wake(id)
    return true
  }),
}

function* recordInError({ scope, recordId }: Execution): Steps<void> {
  const record = yield* getRecord(scope, recordId ?? '')
  if (record?.detail.Status !== 'IN_PROGRESS') return
  yield* updateRecord({ ...record, detail: { ...record.detail, Status: 'IN_PROGRESS_IN_ERROR' } })
}

function inProgress(record: CatalogRecord, now: Date): CatalogRecord {
  if (record.detail.Status !== 'CREATED') return record
  return { ...record, detail: { ...record.detail, Status: 'IN_PROGRESS', UpdatedTime: now } }
}
