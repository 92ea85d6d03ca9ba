import { type Execution, isEnded, lastAttempts, type StepExecution } from '../../catalog/execution.ts'
import { reaches } from '../../identity/access-level.ts'
import type { AutomationExecution, StepExecution as ShownStep } from '../../model/generated/ssm.ts'
import { services } from '../../model/services.ts'
import { AutomationExecutionNotFoundException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Caller, DocumentRules, DocumentSummary } from '../operation.ts'

/**
 * The execution that a caller names: of their account and region, and within the caller's reach. Throws
 * AutomationExecutionNotFoundException, for those of others too.
 */
export async function findAutomation(storage: Storage, caller: Caller, id: string): Promise<Execution> {
  const found = await storage.executions.get(id)
  const visible =
    found?.kind === 'automation' &&
    found.scope.accountId === caller.scope.accountId &&
    found.scope.region === caller.scope.region &&
    reaches(caller, found.executedBy)
  if (!found || !visible) throw new AutomationExecutionNotFoundException(`Automation execution ${id} does not exist.`)
  return found
}

/**
 * The steps as SSM shows them: a step that was tried several times is one, as its last attempt; steps of the document that
 * have not been reached follow as Pending. Steps inside a loop stand once for each pass, with ParentStepDetails.
 */
export function shownSteps(
  execution: Execution,
  steps: readonly StepExecution[],
  documents: Pick<DocumentRules, 'check' | 'outputStrings'>,
): ShownStep[] {
  if (execution.rateControl) return steps.map(step => shownRun(step, documents))
  const summary = documents.check(execution.document.content)
  const last = lastAttempts(steps)
  const reached = new Set(last.map(step => step.name))
  const pending = summary.steps.filter(step => !step.isInLoop && !reached.has(step.name))
  return [
    ...last.map(step => shownStep(summary, step, documents)),
    ...pending.map((step): ShownStep => ({ ...definition(summary, step.name), StepStatus: 'Pending' })),
  ]
}

/** A run for one target: SSM shows its parameters as they are, and no outputs but the run's own id and status. */
function shownRun(step: StepExecution, documents: Pick<DocumentRules, 'outputStrings'>): ShownStep {
  const text = (value: unknown) => [value].flat().join(', ')
  const inputs = Object.entries(step.inputs).map(([name, value]) => [name, text(value)] as const)
  const shown = shownStep({ schemaVersion: '0.3', parameters: [], files: [], steps: [] }, step, documents)
  return { ...shown, Inputs: Object.fromEntries(inputs) }
}

function definition(summary: DocumentSummary, name: string): ShownStep {
  const step = summary.steps.find(candidate => candidate.name === name)
  if (!step) return { StepName: name }
  return {
    StepName: name,
    Action: step.action,
    TimeoutSeconds: step.timeoutSeconds,
    OnFailure: step.onFailure,
    MaxAttempts: step.maxAttempts,
    IsEnd: step.isEnd,
    IsCritical: step.isCritical,
    NextStep: step.nextStep,
    ValidNextSteps: step.validNextSteps,
  }
}

function shownStep(
  summary: DocumentSummary,
  step: StepExecution,
  documents: Pick<DocumentRules, 'outputStrings'>,
): ShownStep {
  const { failure, parent } = step
  return {
    ...definition(summary, step.name),
    Action: step.action,
    ExecutionStartTime: step.startedAt,
    ExecutionEndTime: step.endedAt,
    StepStatus: step.status,
    ResponseCode: isEnded(step.status) ? (step.status === 'Success' ? '0' : '1') : undefined,
    Response: step.progress?.join('\n'),
    // Each input is shown as JSON text, a plain string with its quotes too.
    Inputs: Object.fromEntries(Object.entries(step.inputs).map(([name, value]) => [name, JSON.stringify(value)])),
    Outputs: Object.fromEntries(
      Object.entries(step.outputs).map(([name, value]) => [name, documents.outputStrings(value)]),
    ),
    FailureMessage: failure?.message,
    FailureDetails: failure && {
      FailureStage: failure.stage,
      FailureType: failure.type,
      Details: { Attempt: [String(step.attempt)] },
    },
    StepExecutionId: step.id,
    OverriddenParameters: {},
    ParentStepDetails: parent && {
      StepExecutionId: parent.stepId,
      StepName: parent.stepName,
      Action: definition(summary, parent.stepName).Action,
      Iteration: parent.iteration,
      IteratorValue: parent.iteratorValue === undefined ? undefined : documents.outputStrings(parent.iteratorValue)[0],
    },
  }
}

/** The execution as GetAutomationExecution shows it, without its steps. */
export function shownExecution(execution: Execution, steps: readonly StepExecution[]): AutomationExecution {
  const current = steps.findLast(step => !isEnded(step.status))
  const { rateControl } = execution
  return {
    AutomationExecutionId: execution.id,
    DocumentName: execution.document.name,
    DocumentVersion: execution.document.version,
    ExecutionStartTime: execution.startedAt ?? execution.createdAt,
    ExecutionEndTime: execution.endedAt,
    AutomationExecutionStatus: execution.status,
    Parameters: execution.parameters,
    Outputs: execution.outputs,
    FailureMessage: execution.failureMessage,
    Mode: execution.mode ?? 'Auto',
    ParentAutomationExecutionId: execution.parent?.executionId,
    ExecutedBy: execution.executedBy,
    CurrentStepName: current?.name,
    CurrentAction: current?.action,
    TargetParameterName: rateControl?.targetParameterName,
    Targets: rateControl?.targets,
    TargetMaps: rateControl?.targetMaps,
    ResolvedTargets: resolvedTargets(execution),
    MaxConcurrency: rateControl?.maxConcurrency,
    MaxErrors: rateControl?.maxErrors,
    Target: execution.target,
    TargetLocations: rateControl?.targetLocations,
    ProgressCounters: rateControl && execution.resolvedTargets ? counters(execution, steps) : undefined,
  }
}

/** Names of targets that are shown; SSM cuts the list, too. */
const mostResolved = 50

function resolvedTargets({ resolvedTargets: targets = [] }: Execution): AutomationExecution['ResolvedTargets'] {
  const names = targets.filter(target => !target.location).map(target => target.name)
  return { ParameterValues: names.slice(0, mostResolved), Truncated: names.length > mostResolved }
}

function counters(execution: Execution, steps: readonly StepExecution[]): AutomationExecution['ProgressCounters'] {
  const count = (status: StepExecution['status']) => steps.filter(step => step.status === status).length
  return {
    TotalSteps: execution.resolvedTargets?.length,
    SuccessSteps: count('Success'),
    FailedSteps: count('Failed'),
    CancelledSteps: count('Cancelled'),
    TimedOutSteps: count('TimedOut'),
  }
}

/** Every status that an execution may have (the model's AutomationExecutionStatus). */
export const executionStatuses: readonly string[] = (
  services.ssm.shapes['AutomationExecutionStatus'] as { readonly enum: readonly string[] }
).enum
