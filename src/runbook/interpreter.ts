import { type Execution, isEnded, type StepExecution, type StepFailure } from '../catalog/execution.ts'
import { actions } from './actions/index.ts'
import { type AutomationDocument, ParameterError, type StepDefinition } from './document.ts'
import { InterpolationError, interpolate, type ReferenceValues, systemVariables } from './interpolate.ts'
import { asOutputStrings } from './outputs.ts'
import { typedParameters } from './parameters.ts'
import { emptyMap } from './plain.ts'
import { noOutput, stepFailure } from './texts.ts'

/**
 * What is next? Pure: the document and the journal decide, and nothing else, so that a restarted server goes on exactly
 * where the last one stopped.
 */
export type Decision =
  | { readonly do: 'start'; readonly step: StepDefinition; readonly attempt: number }
  | {
      readonly do: 'end'
      readonly status: 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'
      readonly failureMessage?: string
      readonly outputs: Readonly<Record<string, string[]>>
    }

/** Steps that one execution may start: jumps backwards could go on for ever. Retries count. */
export const maxStepStarts = 1000

/** Milliseconds that the steps after onCancel have, all together (SSM: two minutes). */
export const cancellationTime = 120_000

type EndStatus = Extract<Decision, { do: 'end' }>['status']
type Outcome =
  | { readonly go: StepDefinition; readonly attempt: number }
  | { readonly end: EndStatus; readonly message?: string }

/**
 * What to do after the steps that have ended. Rows still in hand are not looked at: finishing them is up to the caller.
 * @param now milliseconds since 1970
 */
export function next(
  document: AutomationDocument,
  execution: Execution,
  history: readonly StepExecution[],
  now: number,
): Decision {
  const ended = endedSteps(history)
  const outcome = decide(document, execution, ended, now)
  if ('go' in outcome) {
    if (ended.length < maxStepStarts) return { do: 'start', step: outcome.go, attempt: outcome.attempt }
    const failureMessage = `The execution started ${maxStepStarts} steps without coming to its end; it would run step ${outcome.go.name} next. It is taken for an endless loop and stopped.`
    return { do: 'end', status: 'Failed', failureMessage, outputs: documentOutputs(document, ended) }
  }
  const outputs = documentOutputs(document, ended)
  if (outcome.message === undefined) return { do: 'end', status: outcome.end, outputs }
  return { do: 'end', status: outcome.end, failureMessage: outcome.message, outputs }
}

function endedSteps(history: readonly StepExecution[]): StepExecution[] {
  return history
    .filter(row => row.parent === undefined && isEnded(row.status))
    .toSorted((one, other) => one.ordinal - other.ordinal)
}

function decide(
  document: AutomationDocument,
  execution: Execution,
  ended: readonly StepExecution[],
  now: number,
): Outcome {
  const last = ended.at(-1)
  const natural = last ? afterStep(document, ended, last) : { go: document.mainSteps[0]!, attempt: 1 }
  if ('end' in natural) return natural
  const cancelled = ended.find(row => row.status === 'Cancelled')
  if (cancelled) {
    // The steps of the cancellation workflow; the request to stop has done its work.
    if (now < cancelledAt(cancelled) + cancellationTime) return natural
    const message = `The steps after onCancel of step ${cancelled.name} took longer than ${cancellationTime / 1000} seconds.`
    return { end: 'Cancelled', message }
  }
  if (execution.stop === undefined) return natural
  const after = last ? `after step ${last.name}` : 'before its first step'
  return { end: 'Cancelled', message: `The execution was stopped ${after}, as asked for (${execution.stop}).` }
}

function afterStep(document: AutomationDocument, ended: readonly StepExecution[], last: StepExecution): Outcome {
  const step = document.mainSteps.find(each => each.name === last.name)
  if (!step) return { end: 'Failed', message: `Step ${last.name} is not in the document.` }
  if (last.status === 'Success')
    return last.chosenStep === undefined ? inOrder(document, ended, step) : goTo(document, last.chosenStep)
  if (last.status === 'Cancelled') {
    const isFirst = ended.find(row => row.status === 'Cancelled') === last
    if (isFirst && step.onCancel?.kind === 'step') return goTo(document, step.onCancel.step)
    return end(document, ended)
  }
  if (mayTryAgain(step, ended, last)) return { go: step, attempt: last.attempt + 1 }
  // A jump on failure wins over isEnd (AWS-ResizeInstance relies on it), and Continue honours nextStep and isEnd.
  if (step.onFailure.kind === 'step') return goTo(document, step.onFailure.step)
  if (step.onFailure.kind === 'Continue') return inOrder(document, ended, step)
  return end(document, ended)
}

/**
 * A time-out counts as a failure here: SSM takes a step for timed out only after its last attempt. A step that must not be
 * started twice and was in hand when the server died is not tried again, whatever maxAttempts says.
 */
function mayTryAgain(step: StepDefinition, ended: readonly StepExecution[], last: StepExecution): boolean {
  if (last.attempt >= step.maxAttempts || last.failure?.type === 'Interrupted') return false
  return !ended.some(row => row.status === 'Cancelled')
}

function inOrder(document: AutomationDocument, ended: readonly StepExecution[], step: StepDefinition): Outcome {
  if (step.isEnd) return end(document, ended)
  if (step.nextStep !== undefined) return goTo(document, step.nextStep)
  const following = document.mainSteps[document.mainSteps.indexOf(step) + 1]
  return following ? { go: following, attempt: 1 } : end(document, ended)
}

function goTo(document: AutomationDocument, name: string): Outcome {
  const step = document.mainSteps.find(each => each.name === name)
  return step ? { go: step, attempt: 1 } : { end: 'Failed', message: `Step ${name} is not in the document.` }
}

/** The status at the end: cancelled, or as bad as its worst critical step. */
function end(document: AutomationDocument, ended: readonly StepExecution[]): Outcome {
  const cancelled = ended.find(row => row.status === 'Cancelled')
  if (cancelled) {
    return {
      end: 'Cancelled',
      message: `Step ${cancelled.name} was cancelled.${cancelled.failure ? ` ${cancelled.failure.message}` : ''}`,
    }
  }
  const failures = ended.filter((row, index) => {
    if (row.status === 'Success' || isRetried(row, ended[index + 1])) return false
    return isCritical(document.mainSteps.find(step => step.name === row.name))
  })
  const worst = failures.find(row => row.status === 'Failed') ?? failures[0]
  if (!worst) return { end: 'Success' }
  return { end: worst.status === 'TimedOut' ? 'TimedOut' : 'Failed', message: failureText(worst) }
}

function isRetried(row: StepExecution, following: StepExecution | undefined): boolean {
  return following?.name === row.name && following.attempt === row.attempt + 1
}

function isCritical(step: StepDefinition | undefined): boolean {
  return step?.isCritical ?? step?.onFailure.kind !== 'Continue'
}

function failureText(row: StepExecution): string {
  const how = row.status === 'TimedOut' ? 'timed out' : 'failed'
  const often = row.attempt > 1 ? ' maximum allowed times' : ''
  return `Step ${row.name} ${how}${often}. ${row.failure?.message ?? ''}`.trimEnd()
}

function cancelledAt(row: StepExecution): number {
  return (row.endedAt ?? row.startedAt).getTime()
}

/** What references in a step's inputs and in the document's outputs stand for. */
function referenceValues(
  document: AutomationDocument,
  execution: Execution,
  ended: readonly StepExecution[],
  now: number,
): ReferenceValues {
  return {
    parameters: typedParameters(document, execution.parameters),
    variables: new Map([...document.variables].map(([name, variable]) => [name, variable.default])),
    stepOutputs: stepOutputs(ended),
    system: systemVariables(execution, now),
  }
}

/**
 * By `step.Output`: of each step the outputs of its last run that succeeded, as a step may run more than once; of a step
 * that never succeeded those of its last run.
 */
function stepOutputs(ended: readonly StepExecution[]): Map<string, unknown> {
  const last = new Map<string, StepExecution>()
  for (const row of ended) {
    if (row.status === 'Success' || last.get(row.name)?.status !== 'Success') last.set(row.name, row)
  }
  const outputs = new Map<string, unknown>()
  for (const row of last.values()) {
    for (const [name, value] of Object.entries(row.outputs)) outputs.set(`${row.name}.${name}`, value)
  }
  return outputs
}

function documentOutputs(document: AutomationDocument, ended: readonly StepExecution[]): Record<string, string[]> {
  const values = stepOutputs(ended)
  const succeeded = new Set(ended.filter(row => row.status === 'Success').map(row => row.name))
  const outputs = emptyMap() as Record<string, string[]>
  for (const reference of document.outputs) {
    if (reference.startsWith('variable:')) {
      outputs[reference] = asOutputStrings(document.variables.get(reference.slice('variable:'.length))?.default)
    } else if (succeeded.has(reference.slice(0, reference.indexOf('.')))) {
      outputs[reference] = asOutputStrings(values.get(reference))
    } else outputs[reference] = [noOutput]
  }
  return outputs
}

/**
 * A step's inputs and time limit at the moment when it starts: references replaced by values, once.
 * @param now milliseconds since 1970
 * @returns `timeoutSeconds` is undefined when the step has no limit; `failure` when the step cannot be started like this
 */
export function resolveStep(
  document: AutomationDocument,
  step: StepDefinition,
  execution: Execution,
  history: readonly StepExecution[],
  now: number,
):
  | { readonly inputs: Readonly<Record<string, unknown>>; readonly timeoutSeconds?: number }
  | { readonly failure: StepFailure } {
  const action = actions.get(step.action)
  const ended = endedSteps(history)
  try {
    const values = referenceValues(document, execution, ended, now)
    const inputs = emptyMap()
    const budget = { characters: maxInputCharacters }
    for (const [name, value] of Object.entries(step.inputs)) {
      inputs[name] = action?.opaqueInputs?.includes(name) ? value : interpolate(value, values, budget)
    }
    const timeoutSeconds = withinCancellation(timeout(step, action?.defaultTimeoutSeconds, values), ended, now)
    return timeoutSeconds === undefined ? { inputs } : { inputs, timeoutSeconds }
  } catch (error) {
    if (!(error instanceof InterpolationError || error instanceof ParameterError)) throw error
    return { failure: stepFailure('InputValidation', 'InvalidInput', error.message) }
  }
}

/** Characters that references may add to one step's inputs: a few short references can stand for very much. */
const maxInputCharacters = 4 * 1024 * 1024

function timeout(step: StepDefinition, otherwise: number | undefined, values: ReferenceValues): number | undefined {
  if (step.timeoutSeconds === undefined) return otherwise
  const value = typeof step.timeoutSeconds === 'string' ? interpolate(step.timeoutSeconds, values) : step.timeoutSeconds
  const seconds = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 1) return seconds
  throw new InterpolationError(
    `timeoutSeconds of step ${step.name} is ${JSON.stringify(value)}, not a whole number of at least 1.`,
  )
}

function withinCancellation(
  seconds: number | undefined,
  ended: readonly StepExecution[],
  now: number,
): number | undefined {
  const cancelled = ended.find(row => row.status === 'Cancelled')
  if (!cancelled) return seconds
  const left = Math.max((cancelledAt(cancelled) + cancellationTime - now) / 1000, 0.001)
  return seconds === undefined ? left : Math.min(seconds, left)
}
