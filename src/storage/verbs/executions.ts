import type { Insertable } from 'kysely'
import { interventionOf } from '../../catalog/activity.ts'
import type { CatalogRecord } from '../../catalog/entities.ts'
import { type Execution, isEnded, type Signal, type StepExecution } from '../../catalog/execution.ts'
import { type Outcome, type PlanOutcome, settle } from '../../catalog/lifecycle.ts'
import { targetKind } from '../../catalog/rate-control.ts'
import { fromJson, toJson } from '../json.ts'
import { LastRead } from '../last-read.ts'
import { prepared } from '../prepared.ts'
import type { Tables } from '../tables.ts'
import {
  all,
  db,
  first,
  firstLocked,
  lockName,
  read,
  run,
  type Steps,
  wake,
  whole,
  write,
  writeLocked,
} from '../verb.ts'
import { type Done, insertIntervention } from './interventions.ts'
import { enqueueNotifications } from './notifications.ts'
import { deletePlansOf, planMade, settlePlan } from './plans.ts'
import {
  deleteProvisionedProduct,
  getForChange as getProductForChange,
  updateProvisionedProduct,
} from './provisioned-products.ts'
import { getRecordForChange, updateRecord } from './records.ts'
import { scopeColumns } from './scoped.ts'
import { forget } from './tokens.ts'

/** A worker wrote under a claim that is not the last one: another has taken the execution over. Nothing was changed. */
export class StaleClaim extends Error {
  constructor(executionId: string) {
    super(`The claim on execution ${executionId} has passed to another worker.`)
    this.name = 'StaleClaim'
  }
}

/** As many of the account's executions are under way as its quota allows: this one must stay Pending. Nothing was changed. */
export class NoPlace extends Error {
  constructor(executionId: string) {
    super(`Execution ${executionId} has to wait for its place.`)
    this.name = 'NoPlace'
  }
}

/** How an execution ends. */
export interface ExecutionEnd {
  readonly status: 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'
  readonly failureMessage?: string
  readonly outputs: Readonly<Record<string, readonly string[]>>
  readonly endedAt: Date
}

/** As a time to be looked at: not before somebody says so. */
export const never = 8.64e15

/** An execution that has not ended, and when it wants to be looked at (milliseconds since 1970). */
export interface Due {
  readonly id: string
  readonly run_at: number
}

const lastRead = new LastRead(fromJson<Execution>)

const selectExecution = prepared(({ id }: { id: string }) =>
  db.selectFrom('executions').select('data').where('id', '=', id),
)

export function* getExecution(id: string): Steps<Execution | undefined> {
  const row = yield* first(selectExecution({ id }))
  return row && lastRead.read(id, row.data)
}

/** The execution, which nobody else changes until the verb is committed. */
function* getForChange(id: string): Steps<Execution | undefined> {
  const row = yield* firstLocked(selectExecution({ id }))
  return row && lastRead.read(id, row.data)
}

/** What began it; only executions that a call of StartAutomationExecution began count against the account's quotas. */
export function originOf({ kind, parent, recordId }: Execution): 'call' | 'record' | 'execution' {
  if (parent) return 'execution'
  return kind === 'engine' || recordId !== undefined ? 'record' : 'call'
}

/** What lists and quotas look for, besides what changes while it runs. */
export function executionColumns(execution: Execution) {
  const { rateControl } = execution
  const abroad = rateControl?.targetLocations !== undefined || execution.crossAccount
  return {
    origin: originOf(execution),
    executed_by: execution.executedBy,
    document_name: execution.document.name,
    parent_id: execution.parent?.executionId ?? null,
    automation_type: abroad ? 'CrossAccount' : 'Local',
    target_resource_group: rateControl?.targets?.find(target => targetKind(target) === 'group')?.Values?.[0] ?? null,
  }
}

const insert = prepared((row: Insertable<Tables['executions']>) =>
  db
    .insertInto('executions')
    .values(row)
    .onConflict(conflict => conflict.doNothing()),
)

/** One that is there already, under the same id, is left as it is. */
export function* insertExecution(execution: Execution): Steps<void> {
  const { id, tags = [] } = execution
  yield* run(
    insert({
      ...scopeColumns(execution.scope),
      id,
      kind: execution.kind,
      status: execution.status,
      provisioned_product_id: execution.provisionedProductId ?? null,
      epoch: execution.epoch,
      run_at: execution.createdAt.getTime(),
      created_at: execution.createdAt.getTime(),
      data: toJson(execution),
      ...executionColumns(execution),
    }),
  )
  for (const key of new Set(tags.map(tag => tag.Key))) {
    const row = { execution_id: id, tag_key: key }
    yield* run(
      db
        .insertInto('execution_tags')
        .values(row)
        .onConflict(conflict => conflict.doNothing()),
    )
  }
  yield* wake(id)
}

interface Changed extends Pick<Execution, 'id' | 'status' | 'epoch'> {
  readonly run_at: number | null
  readonly data: string
}

const update = prepared(({ id, ...row }: Changed) => db.updateTable('executions').set(row).where('id', '=', id))

const updateWithAction = prepared(({ id, ...row }: Changed & { readonly current_action: string | null }) =>
  db.updateTable('executions').set(row).where('id', '=', id),
)

/** What changes from step to step; the rest of the row stays as it is. */
const updateNext = prepared(
  ({ id, run_at, current_action }: Pick<Changed, 'id' | 'run_at'> & { readonly current_action: string | null }) =>
    db.updateTable('executions').set({ run_at, current_action }).where('id', '=', id),
)

function changed(execution: Execution, runAt: number | null): Changed {
  const { id, status, epoch } = execution
  return { id, status, epoch, run_at: runAt, data: toJson(execution) }
}

/** `runAt` null: it has ended and nobody needs to look at it again. */
export function* updateExecution(execution: Execution, runAt: number | null): Steps<void> {
  yield* run(update(changed(execution, runAt)))
}

type StepRow = Insertable<Tables['steps']>

/** Steps that are written by one statement. */
const mostSteps = 5

/** By how many steps there are: the values of the nth step are given as `id0`, `name0`, ... */
const upsertSteps = Array.from({ length: mostSteps }, (_, last) =>
  prepared((values: Readonly<Record<string, string | number>>) =>
    db
      .insertInto('steps')
      .values(
        Array.from({ length: last + 1 }, (_, i) => ({
          id: values[`id${i}`] as string,
          execution_id: values[`execution_id${i}`] as string,
          ordinal: values[`ordinal${i}`] as number,
          name: values[`name${i}`] as string,
          status: values[`status${i}`] as StepRow['status'],
          data: values[`data${i}`] as string,
        })),
      )
      .onConflict(conflict =>
        conflict
          .column('id')
          .doUpdateSet(({ ref }) => ({ status: ref('excluded.status'), data: ref('excluded.data') })),
      ),
  ),
)

/** No step may be there twice. */
export function* saveSteps(steps: readonly StepExecution[]): Steps<void> {
  for (let from = 0; from < steps.length; from += mostSteps) {
    const some = steps.slice(from, from + mostSteps)
    const values: Record<string, string | number> = {}
    for (const [i, step] of some.entries()) {
      values[`id${i}`] = step.id
      values[`execution_id${i}`] = step.executionId
      values[`ordinal${i}`] = step.ordinal
      values[`name${i}`] = step.name
      values[`status${i}`] = step.status
      values[`data${i}`] = toJson(step)
    }
    yield* run(upsertSteps[some.length - 1]!(values))
  }
}

/** The execution under this claim; throws StaleClaim when the claim is not the last one. */
export function* claimed(id: string, epoch: number): Steps<Execution> {
  const execution = yield* getForChange(id)
  if (execution?.epoch !== epoch || isEnded(execution.status)) throw new StaleClaim(id)
  return execution
}

const selectSteps = prepared(({ executionId }: { executionId: string }) =>
  db.selectFrom('steps').select('data').where('execution_id', '=', executionId).orderBy('ordinal'),
)

const selectSignals = prepared(({ executionId }: { executionId: string }) =>
  db.selectFrom('signals').select('data').where('execution_id', '=', executionId).orderBy('sequence'),
)

export const executions = {
  get: read(getExecution),

  /** In the order in which they were started. */
  steps: read(function* (executionId: string) {
    const rows = yield* all(selectSteps({ executionId }))
    return rows.map(row => fromJson<StepExecution>(row.data))
  }),

  /** Of these, those that have not ended. */
  unfinishedOf: read(function* (ids: readonly string[]) {
    const rows = yield* all(
      db.selectFrom('executions').select('id').where('id', 'in', ids).where('run_at', 'is not', null),
    )
    return rows.map(({ id }) => id)
  }),

  /** The record of the run that has gone on with this one, which failed; undefined when none has. */
  resumedBy: read(function* (executionId: string) {
    const row = yield* first(
      db.selectFrom('resumed_executions').select('resumed_by').where('execution_id', '=', executionId),
    )
    return row?.resumed_by
  }),

  /** Oldest first. */
  signals: read(function* (executionId: string) {
    const rows = yield* all(selectSignals({ executionId }))
    return rows.map(row => fromJson<Signal>(row.data))
  }),

  /** What has not ended, the most urgent first: what a dispatcher looks at when it starts. Without a page, all of it. */
  unfinished: read(function* ({ after, most }: { readonly after?: Due | undefined; readonly most?: number } = {}) {
    const rows = yield* all(
      db
        .selectFrom('executions')
        .select(['id', 'run_at'])
        .where('run_at', 'is not', null)
        .$if(after !== undefined, query =>
          query
            .where('run_at', '>=', after!.run_at)
            .where(eb => eb.or([eb('run_at', '>', after!.run_at), eb('id', '>', after!.id)])),
        )
        .orderBy('run_at')
        .orderBy('id')
        .$if(most !== undefined, query => query.limit(most!)),
    )
    return rows as readonly Due[]
  }),

  /** How many have not ended, how many of them are due, and since when the first of these (milliseconds since 1970). */
  backlog: read(function* (now: Date) {
    const unfinished = db.selectFrom('executions').where('run_at', 'is not', null)
    const running = yield* first(unfinished.select(({ fn }) => fn.countAll<number>().as('count')))
    const due = yield* first(
      unfinished
        .where('run_at', '<=', now.getTime())
        .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min('run_at').as('oldest')]),
    )
    return { running: Number(running?.count ?? 0), due: Number(due?.count ?? 0), oldest: due?.oldest ?? undefined }
  }),

  /**
   * Takes an execution for a worker: its epoch goes up, so that whoever held it before can write no more. The first claim
   * starts it, and its record. Answers undefined when it has ended. One that must stay Pending, because as many of the
   * account's are under way as its quota allows, is answered unclaimed; whichever ends wakes the one that has waited longest.
   * `holder`: who took the place that it goes on with; throws StaleClaim when somebody else has that place by now, or nobody.
   */
  claim: writeLocked(function* (id: string, now: Date, holder?: string) {
    const found = yield* getForChange(id)
    if (!found || isEnded(found.status)) return undefined
    if (holder !== undefined && !(yield* hasPlace(id, holder))) throw new StaleClaim(id)
    if (!(yield* isInQuota(found))) return found
    const execution = taken(found, now)
    yield* updateExecution(execution, now.getTime())
    const record = yield* recordThatStarts(execution, now)
    if (record) yield* updateRecord(record)
    return execution
  }),

  /**
   * Writes steps as they are now, and when the execution wants to be looked at again. Throws StaleClaim, and then has
   * changed nothing.
   */
  saveSteps: writeLocked(function* (
    id: string,
    epoch: number,
    steps: readonly StepExecution[],
    runAt: number,
    state: SavedState = {},
  ) {
    yield* save(yield* claimed(id, epoch), steps, runAt, state)
  }),

  /**
   * Claims an execution as it was read, at this epoch, and writes its first steps, in one transaction. Answers it as it is
   * claimed. Throws StaleClaim when somebody else has claimed it since, or has the place of `state.holder`, and NoPlace; then
   * has changed nothing.
   */
  claimAndSave: writeLocked(function* (
    id: string,
    epoch: number,
    now: Date,
    steps: readonly StepExecution[],
    runAt: number,
    state: SavedState & { readonly holder?: string | undefined } = {},
  ) {
    const execution = yield* claimUnchanged(id, epoch, now, state.holder)
    const record = yield* recordThatStarts(execution, now)
    if (record) yield* updateRecord(record)
    yield* save(execution, steps, runAt, state, true)
    return execution
  }),

  /**
   * Ends an execution, and with it its record and the change of its product, in one transaction. Answers the executions
   * that now have something to do: the one that waits for this one, and one that waits for its place. Throws StaleClaim,
   * and then has changed nothing.
   */
  end: writeLocked(function* (
    id: string,
    epoch: number,
    steps: readonly StepExecution[],
    end: ExecutionEnd,
    outcome: Outcome | PlanOutcome | undefined,
  ) {
    return yield* finish(yield* claimed(id, epoch), steps, end, outcome)
  }),

  /**
   * Claims an execution as it was read, at this epoch, writes all of its steps and ends it, in one transaction. Throws as
   * claimAndSave does.
   */
  claimAndEnd: writeLocked(function* (
    id: string,
    epoch: number,
    now: Date,
    steps: readonly StepExecution[],
    end: ExecutionEnd,
    outcome: Outcome | PlanOutcome | undefined,
    holder?: string,
  ) {
    const execution = yield* claimUnchanged(id, epoch, now, holder)
    // The record's row is written once, as it ends; who listens hears that it has started, too.
    const record = yield* recordThatStarts(execution, now)
    if (record) yield* enqueueNotifications(record)
    return { execution, wakes: yield* finish(execution, steps, end, outcome, true) }
  }),

  /**
   * Puts a message into an execution's mailbox, and what a person sends among what was done. Answers false when the execution
   * has ended or is not there.
   */
  signal: write(function* (signal: Omit<Signal, 'sequence'>, interventionId?: string) {
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
    const done = interventionOf(signal)
    if (done && interventionId !== undefined) yield* insertIntervention(execution, { ...done, id: interventionId })
    yield* wake(signal.executionId)
    return true
  }),

  /** Asks an execution to stop; `who` is absent where no person does. Answers false when it has ended or is not there. */
  stop: write(function* (id: string, asked: 'Cancel' | 'Complete', now: Date, who?: Pick<Done, 'id' | 'by'>) {
    const execution = yield* getExecution(id)
    if (!execution || isEnded(execution.status)) return false
    // Cancel is final; a later Complete does not soften it.
    const stop = execution.stop === 'Cancel' ? 'Cancel' : asked
    const begun = stop === 'Cancel' && execution.status !== 'Pending'
    const status = begun ? 'Cancelling' : execution.status
    yield* updateExecution({ ...execution, stop, status }, now.getTime())
    if (who) yield* insertIntervention(execution, { ...who, type: asked === 'Cancel' ? 'CANCEL' : 'COMPLETE', at: now })
    yield* wake(id)
    return true
  }),
}

/** What else is written with steps. */
export interface SavedState {
  /** The engine's work has failed and is being put back. */
  readonly inError?: boolean
  /** The step that somebody must start, in Interactive mode. */
  readonly waitsFor?: string
}

/** Whether an execution may be under way: only those that a call began and that are Pending wait for their place. */
function* isInQuota(found: Execution): Steps<boolean> {
  if (found.status !== 'Pending' || originOf(found) !== 'call' || found.stop) return true
  yield* lockName(quotaOf(found))
  return (yield* countCalled(found.scope.accountId, '<>')) < automationQuotas.concurrent
}

/** Who counts what is under way, and who ends something while others may wait for its place, go one after the other. */
function quotaOf({ scope }: Execution): string {
  return `automations of ${scope.accountId}`
}

/** Whether the execution has a place that was taken under this name (verbs/places.ts). */
function* hasPlace(id: string, holder: string): Steps<boolean> {
  const place = yield* firstLocked(db.selectFrom('places').select('holder').where('execution_id', '=', id))
  return place?.holder === holder
}

/** The execution under a new claim. */
function taken(found: Execution, now: Date): Execution {
  return {
    ...found,
    epoch: found.epoch + 1,
    status: found.status === 'Pending' ? 'InProgress' : found.status,
    startedAt: found.startedAt ?? now,
  }
}

function* claimUnchanged(id: string, epoch: number, now: Date, holder: string | undefined): Steps<Execution> {
  const found = yield* claimed(id, epoch)
  if (holder !== undefined && !(yield* hasPlace(id, holder))) throw new StaleClaim(id)
  if (!(yield* isInQuota(found))) throw new NoPlace(id)
  return taken(found, now)
}

/** The record of an execution that was claimed for the first time, as it starts. */
function* recordThatStarts({ epoch, scope, recordId }: Execution, now: Date): Steps<CatalogRecord | undefined> {
  if (epoch !== 1 || !recordId) return undefined
  const record = yield* getRecordForChange(scope, recordId)
  if (record?.detail.Status !== 'CREATED') return undefined
  return { ...record, detail: { ...record.detail, Status: 'IN_PROGRESS', UpdatedTime: now } }
}

/** `isNew`: the claim has not been written yet. */
function* save(
  execution: Execution,
  steps: readonly StepExecution[],
  runAt: number,
  { inError = false, waitsFor }: SavedState,
  isNew = false,
): Steps<void> {
  const { id } = execution
  yield* saveSteps(steps)
  if (inError) yield* recordInError(execution)
  const last = steps.at(-1)
  const waiting = waitsFor !== undefined || last?.status === 'Waiting'
  const status = execution.stop === 'Cancel' ? 'Cancelling' : waiting ? 'Waiting' : 'InProgress'
  const current_action = !last || isEnded(last.status) ? null : last.action
  if (!isNew && last && status === execution.status && waitsFor === execution.waitsFor) {
    yield* run(updateNext({ id, run_at: runAt, current_action }))
    return
  }
  const row = changed({ ...execution, status, waitsFor }, runAt)
  yield* run(last ? updateWithAction({ ...row, current_action }) : update(row))
}

/** `isNew`: as for save. */
function* finish(
  execution: Execution,
  steps: readonly StepExecution[],
  end: ExecutionEnd,
  outcome: Outcome | PlanOutcome | undefined,
  isNew = false,
): Steps<string[]> {
  yield* saveSteps(steps)
  const row = changed({ ...execution, ...end }, null)
  yield* run(updateWithAction({ ...row, current_action: null }))
  const wakes = yield* wakenBy(execution, end.endedAt, isNew)
  if (outcome?.status === 'PLANNED' || outcome?.status === 'UNPLANNED') {
    yield* whole()
    yield* planMade(execution.scope, execution.planId ?? '', outcome, end.endedAt)
    return wakes
  }
  if (!outcome || !execution.recordId || !execution.provisionedProductId) return wakes
  const record = yield* getRecordForChange(execution.scope, execution.recordId)
  // Which product and version something is of, others ask before they delete them; a service action changes neither.
  if (record?.detail.RecordType !== 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION') yield* whole()
  const found = yield* getProductForChange(execution.scope, execution.provisionedProductId)
  if (!record || !found) return wakes
  const { product } = found
  const settled = settle(product, record, outcome, end.endedAt)
  yield* updateRecord(settled.record)
  if (record.request.planId !== undefined) yield* settlePlan(record.scope, record.request.planId, settled.record)
  if (settled.product) yield* updateProvisionedProduct(settled.product, found)
  else {
    yield* deleteProvisionedProduct(product)
    yield* deletePlansOf(product)
    const token = record.request.terminateToken
    if (token) yield* forget(execution.scope, 'TerminateProvisionedProduct', token)
  }
  return wakes
}

function* recordInError({ scope, recordId }: Execution): Steps<void> {
  const record = yield* getRecordForChange(scope, recordId ?? '')
  if (record?.detail.Status !== 'IN_PROGRESS') return
  yield* updateRecord({ ...record, detail: { ...record.detail, Status: 'IN_PROGRESS_IN_ERROR' } })
}

/** AWS's quotas of an account: automations that run at once, and those that may wait for their turn. */
export const automationQuotas = { concurrent: 100, queued: 1000 }

/** How many of an account's called executions are Pending (`=`) or under way (`<>`); only those accepted before `before`. */
export function* countCalled(accountId: string, pending: '=' | '<>', before?: Date): Steps<number> {
  const row = yield* first(
    db
      .selectFrom('executions')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('account_id', '=', accountId)
      .where('origin', '=', 'call')
      .where('run_at', 'is not', null)
      .where('status', pending, 'Pending')
      .$if(before !== undefined, query => query.where('created_at', '<', before!.getTime())),
  )
  return Number(row?.count ?? 0)
}

/** `isNew`: nobody saw it under way, so that nobody waits for its place. */
function* wakenBy(execution: Execution, now: Date, isNew: boolean): Steps<string[]> {
  const { parent, scope } = execution
  if (parent) {
    // Written too, so that a parent on another node is found by the time it wants to be looked at.
    yield* run(
      db
        .updateTable('executions')
        .set({ run_at: now.getTime() })
        .where('id', '=', parent.executionId)
        .where('run_at', 'is not', null),
    )
    yield* wake(parent.executionId)
    return [parent.executionId]
  }
  if (isNew || originOf(execution) !== 'call') return []
  yield* lockName(quotaOf(execution))
  const queued = yield* first(
    db
      .selectFrom('executions')
      .select('id')
      .where('account_id', '=', scope.accountId)
      .where('origin', '=', 'call')
      .where('run_at', 'is not', null)
      .where('status', '=', 'Pending')
      .orderBy('created_at')
      .limit(1),
  )
  if (!queued) return []
  yield* wake(queued.id)
  return [queued.id]
}
