import type { AwsApi } from '../aws/api.ts'
import { stepToken } from '../catalog/engine-work.ts'
import { type Execution, isEnded, type StepExecution, type StepStatus } from '../catalog/execution.ts'
import type { Ids } from '../catalog/ids.ts'
import { limitsOf, nextRuns, type ResolvedTarget } from '../catalog/rate-control.ts'
import { stepFailure } from '../runbook/texts.ts'
import type { Storage } from '../storage/storage.ts'
import { childExecution } from './child.ts'
import type { Clock } from './clock.ts'
import { resolveTargets, TargetError } from './targets.ts'

export interface RateControlOptions {
  readonly storage: Storage
  readonly clock: Clock
  readonly ids: Ids
  readonly aws: AwsApi
}

/** The execution has ended, or waits for its runs until this time at the longest; `wake`s have something to do. */
export interface RateAdvance {
  readonly wakeAt?: number
  readonly wake: readonly string[]
}

/** Milliseconds: how often runs are looked at that should have told us of their end. */
const lookAgain = 60_000

/**
 * Advances an execution that runs its document for many targets: its steps are the runs, each an execution of its own,
 * begun as far as MaxConcurrency and MaxErrors let them be. A run's id comes from its place among the targets, so that a
 * server that dies in between begins none twice.
 */
export async function advanceRuns(
  execution: Execution,
  epoch: number,
  options: RateControlOptions,
): Promise<RateAdvance> {
  const { storage, clock } = options
  const resolved = execution.resolvedTargets ?? (await resolve(execution, epoch, options))
  if (!Array.isArray(resolved)) return resolved as RateAdvance
  const targets = resolved as readonly ResolvedTarget[]
  const childOf = (ordinal: number, now: Date) => {
    const { name, parameters, location } = targets[ordinal - 1]!
    const own = {
      document: execution.document,
      parameters: { ...execution.parameters, ...parameters },
      roleArn: location?.roleArn ?? execution.roleArn,
      scope: location?.scope,
      rateControl: location?.rateControl,
      target: name,
    }
    return childExecution(execution, stepToken(execution.id, ordinal), own, now)
  }
  const now = clock.now()
  const changed: StepExecution[] = []
  const inHand: Execution[] = []
  const runs: StepExecution[] = []
  for (const row of await storage.executions.steps(execution.id)) {
    const child = isEnded(row.status) ? undefined : await storage.executions.get(String(row.outputs['ExecutionId']))
    const after = child && isEnded(child.status) ? ended(row, child) : row
    if (after !== row) changed.push(after)
    else if (child) inHand.push(child)
    runs.push(after)
  }
  const statuses = runs.map(run => run.status)
  const decision = nextRuns(limitsOf(execution.rateControl!), targets.length, statuses, execution.stop)
  if (decision.do === 'end') {
    const { status, message: failureMessage } = decision
    const end = { status, failureMessage, outputs: {}, endedAt: now }
    return { wake: await storage.executions.end(execution.id, epoch, changed, end, undefined) }
  }
  const begun: Execution[] = []
  for (let i = 0; i < decision.begin; i++) {
    const ordinal = runs.length + i + 1
    const child = childOf(ordinal, now)
    begun.push(child)
    changed.push(started(execution, child, ordinal, options.ids.uuidAt(now), now))
  }
  const wakeAt = now.getTime() + lookAgain
  if (changed.length > 0) await storage.automations.saveRuns(execution.id, epoch, changed, begun, wakeAt)
  const stopped: string[] = []
  if (execution.stop === 'Cancel') {
    for (const child of inHand) {
      if (child.stop === 'Cancel') continue
      await storage.executions.stop(child.id, 'Cancel', now)
      stopped.push(child.id)
    }
  }
  return { wakeAt, wake: [...begun.map(child => child.id), ...stopped] }
}

/** The targets, kept; or the execution's end where there are none that can be run. */
async function resolve(
  execution: Execution,
  epoch: number,
  { storage, clock, aws }: RateControlOptions,
): Promise<readonly ResolvedTarget[] | RateAdvance> {
  let failureMessage: string
  try {
    const targets = await resolveTargets(execution, aws)
    if (targets.length > 0) {
      await storage.automations.resolveTargets(execution.id, epoch, targets, clock.now())
      return targets
    }
    failureMessage = 'The targets match no resource.'
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    failureMessage = error.message
  }
  const end = { status: 'Failed', failureMessage, outputs: {}, endedAt: clock.now() } as const
  return { wake: await storage.executions.end(execution.id, epoch, [], end, undefined) }
}

function started(parent: Execution, child: Execution, ordinal: number, id: string, now: Date): StepExecution {
  const inputs = { ...child.parameters }
  return {
    id,
    executionId: parent.id,
    ordinal,
    name: child.target!,
    action: 'aws:executeAutomation',
    attempt: 1,
    status: 'InProgress',
    inputs,
    outputs: { ExecutionId: child.id },
    startedAt: now,
  }
}

function ended(row: StepExecution, child: Execution): StepExecution {
  const status = child.status as StepStatus
  const { id, failureMessage } = child
  const cause = `The execution ${id} ended as ${status}${failureMessage === undefined ? '' : `: ${failureMessage}`}`
  const type = status === 'TimedOut' || status === 'Cancelled' ? status : 'Failed'
  const failure = status === 'Success' ? undefined : stepFailure('PostProcessing', type, cause)
  return {
    ...row,
    status,
    outputs: { ...row.outputs, Status: status },
    failure,
    endedAt: child.endedAt ?? child.createdAt,
  }
}
