import type { Execution, StepExecution } from '../../catalog/execution.ts'
import type { ResolvedTarget } from '../../catalog/rate-control.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import { fromJson } from '../json.ts'
import { all, db, type PageRequest, read, write } from '../verb.ts'
import {
  automationQuotas,
  claimed,
  countCalled,
  getExecution,
  insertExecution,
  originOf,
  saveSteps,
  updateExecution,
} from './executions.ts'
import { newestFirst, page } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

/** Which executions a list shows: those that fit every member that is given, each by one of its values. */
export interface AutomationFilter {
  /** Absent: everybody's. */
  readonly executedBy?: string
  readonly namePrefixes?: readonly string[]
  readonly statuses?: readonly string[]
  readonly ids?: readonly string[]
  readonly parentIds?: readonly string[]
  readonly currentActions?: readonly string[]
  readonly startedBefore?: Date
  readonly startedAfter?: Date
  readonly automationTypes?: readonly string[]
  readonly tagKeys?: readonly string[]
  readonly resourceGroups?: readonly string[]
}

/** Sorts after everything that begins with what stands before it. */
const beyond = '\u{10FFFF}'

/** Executions of documents, as the SSM API starts and lists them. */
export const automations = {
  /** Accepts a StartAutomationExecution. Refuses LimitExceeded when the account's queue is full. */
  start: write(function* (
    execution: Execution,
    claim: TokenClaim | undefined,
    answer: { readonly AutomationExecutionId?: string },
  ) {
    return yield* once(claim, answer, execution.createdAt, function* () {
      if ((yield* countCalled(execution.scope.accountId, '=')) >= automationQuotas.queued) {
        throw new Refusal(
          'LimitExceeded',
          `The account has ${automationQuotas.queued} automation executions that wait for their turn, which is the limit.`,
        )
      }
      yield* insertExecution(execution)
    })
  }),

  /** Starts an execution for a step of another; the same id is started once. Answers the one that is there. */
  startChild: write(function* (child: Execution) {
    yield* insertExecution(child)
    return (yield* getExecution(child.id))!
  }),

  /** Keeps the parameters that an execution begins with, and its role, once they are all known. Throws StaleClaim. */
  begin: write(function* (
    id: string,
    epoch: number,
    { parameters, roleArn }: Pick<Execution, 'parameters' | 'roleArn'>,
    now: Date,
  ) {
    const execution = { ...(yield* claimed(id, epoch)), parameters, roleArn }
    yield* updateExecution(execution, now.getTime())
    return execution
  }),

  /** Keeps what an execution's targets came to, so that it is asked once. Throws StaleClaim. */
  resolveTargets: write(function* (id: string, epoch: number, resolvedTargets: readonly ResolvedTarget[], now: Date) {
    const resolved = { ...(yield* claimed(id, epoch)), resolvedTargets }
    yield* updateExecution(resolved, now.getTime())
    return resolved
  }),

  /** Writes the runs of an execution with several targets, and starts those that are new. Throws StaleClaim. */
  saveRuns: write(function* (
    id: string,
    epoch: number,
    runs: readonly StepExecution[],
    begun: readonly Execution[],
    runAt: number,
  ) {
    const execution = yield* claimed(id, epoch)
    yield* saveSteps(runs)
    for (const child of begun) yield* insertExecution(child)
    const status = execution.stop === 'Cancel' ? 'Cancelling' : 'InProgress'
    yield* updateExecution({ ...execution, status }, runAt)
  }),

  /** Where one that waits because of AWS's quota stands (1: next); undefined: it does not. */
  quotaPosition: read(function* (id: string) {
    const execution = yield* getExecution(id)
    if (execution?.status !== 'Pending' || originOf(execution) !== 'call') return undefined
    const { accountId } = execution.scope
    if ((yield* countCalled(accountId, '<>')) < automationQuotas.concurrent) return undefined
    return 1 + (yield* countCalled(accountId, '=', execution.createdAt))
  }),

  /** Newest first. */
  list: read(function* (scope: Scope, filter: AutomationFilter, request: PageRequest) {
    let query = db
      .selectFrom('executions')
      .select(['id', 'created_at', 'data'])
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('kind', '=', 'automation')
    const { executedBy, namePrefixes, startedBefore, startedAfter, tagKeys } = filter
    if (executedBy !== undefined) query = query.where('executed_by', '=', executedBy)
    for (const [column, values] of [
      ['status', filter.statuses],
      ['id', filter.ids],
      ['parent_id', filter.parentIds],
      ['current_action', filter.currentActions],
      ['automation_type', filter.automationTypes],
      ['target_resource_group', filter.resourceGroups],
    ] as const) {
      if (values !== undefined) query = query.where(column, 'in', [...values])
    }
    if (namePrefixes !== undefined) {
      query = query.where(({ eb, and, or }) =>
        or(
          namePrefixes.map(prefix =>
            and([eb('document_name', '>=', prefix), eb('document_name', '<', prefix + beyond)]),
          ),
        ),
      )
    }
    if (startedBefore !== undefined) query = query.where('created_at', '<', startedBefore.getTime())
    if (startedAfter !== undefined) query = query.where('created_at', '>', startedAfter.getTime())
    if (tagKeys !== undefined) {
      query = query.where(
        'id',
        'in',
        db
          .selectFrom('execution_tags')
          .select('execution_id')
          .where('tag_key', 'in', [...tagKeys]),
      )
    }
    const rows = yield* all(query.$call(newestFirst(request)))
    return page(rows, request, row => fromJson<Execution>(row.data))
  }),
}
