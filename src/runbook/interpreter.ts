import type { Execution, StepExecution, StepFailure } from '../catalog/execution.ts'
import { actions } from './actions/index.ts'
import { ConditionError, evaluate } from './conditions.ts'
import { type AutomationDocument, ParameterError, type StepDefinition } from './document.ts'
import { InterpolationError, interpolate, type ReferenceValues } from './interpolate.ts'
import { iterationOutputs, loopProblem, mayGoRound } from './loop.ts'
import { emptyMap } from './plain.ts'
import { courseOf, firstCancelled, rowsInside, type Sequence, sequenceUnderWay, worstOf } from './sequence.ts'
import { stepFailure } from './texts.ts'
import { documentOutputs, isOpenLoop, type Pass, referenceValues } from './values.ts'
import { updateProblem, updateVariableAction } from './variables.ts'

/**
 * What is next? Pure: the document and the journal decide, and nothing else, so that a restarted server goes on exactly
 * where the last one stopped, in the middle of a loop too.
 */
export type Decision =
  /** `parent`: the pass of a loop that the step belongs to. */
  | { readonly do: 'start'; readonly step: StepDefinition; readonly attempt: number; readonly parent?: Pass }
  /** Nothing before `until` (milliseconds since 1970): a step is about to be tried again. */
  | { readonly do: 'wait'; readonly until: number }
  /** A loop is over: this is its row. */
  | { readonly do: 'finish'; readonly row: StepExecution }
  | {
      readonly do: 'end'
      readonly status: EndStatus
      readonly failureMessage?: string
      readonly outputs: Readonly<Record<string, string[]>>
    }

type EndStatus = 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'

/** Steps that one sequence may start: jumps backwards could go on for ever. Retries count. */
export const maxStepStarts = 1000

/** Steps that one execution may start, those inside loops counted too. */
const maxAllStarts = 10_000

/** Milliseconds that the steps after onCancel have, all together (SSM: two minutes). */
export const cancellationTime = 120_000

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
  const end = (status: EndStatus, failureMessage?: string): Decision => {
    const outputs = documentOutputs(document, history)
    return failureMessage === undefined
      ? { do: 'end', status, outputs }
      : { do: 'end', status, failureMessage, outputs }
  }
  const sequence = sequenceUnderWay(document, history)
  if ('unknownStep' in sequence) return end('Failed', `Step ${sequence.unknownStep} is not in the document.`)
  const { loop } = sequence
  const isLate = loop?.row.deadline !== undefined && now >= loop.row.deadline && !firstCancelled(history)
  if (loop && isLate) return finishTimedOut(loop, now)
  const course = loop?.iteration === 0 ? beforeFirstPass(loop) : courseOf(sequence, history)
  if ('unknownStep' in course) return end('Failed', `Step ${course.unknownStep} is not in the document.`)
  if ('over' in course) {
    if (loop) return afterPass(document, execution, history, { ...sequence, loop }, course, now)
    return endOfDocument(sequence, history, end)
  }

  const stopped = stopOf(execution, history, now)
  if (stopped !== undefined) {
    if (!loop) return end('Cancelled', stopped)
    return finish(loop, 'Cancelled', now, { failure: stepFailure('Invocation', 'Cancelled', stopped) })
  }
  const starts = sequence.ended.length
  if (starts >= maxStepStarts || history.length >= maxAllStarts) {
    const most = starts >= maxStepStarts ? maxStepStarts : maxAllStarts
    const message = `The execution started ${most} steps without coming to its end; it would run step ${course.go.name} next. It is taken for an endless loop and stopped.`
    if (!loop) return end('Failed', message)
    return finish(loop, 'Failed', now, { failure: stepFailure('Invocation', 'Failed', message) })
  }
  const until = course.attempt === 1 ? undefined : retryTime(sequence.ended.at(-1)!)
  if (until !== undefined && now < until) return { do: 'wait', until: Math.min(until, loop?.row.deadline ?? until) }
  const parent = loop && passOf(loop, Math.max(loop.iteration, 1))
  return { do: 'start', step: course.go, attempt: course.attempt, ...(parent && { parent }) }
}

/** Seconds until a step is tried again: one, then twice as long each time, up to a minute. */
function retryTime({ attempt, endedAt, startedAt }: StepExecution): number {
  return (endedAt ?? startedAt).getTime() + Math.min(2 ** (attempt - 1), 60) * 1000
}

/** Why nothing more may be started; undefined when it may. */
function stopOf(execution: Execution, history: readonly StepExecution[], now: number): string | undefined {
  const cancelled = firstCancelled(history)
  if (cancelled) {
    // The steps of the cancellation workflow; the request to stop has done its work.
    if (now < cancelledAt(cancelled) + cancellationTime) return undefined
    return `The steps after onCancel of step ${cancelled.name} took longer than ${cancellationTime / 1000} seconds.`
  }
  if (execution.stop === undefined) return undefined
  const last = history.at(-1)
  const after = last ? `after step ${last.name}` : 'before its first step'
  return `The execution was stopped ${after}, as asked for (${execution.stop}).`
}

/** The status at the end: cancelled, or as bad as its worst critical step. */
function endOfDocument(
  sequence: Sequence,
  history: readonly StepExecution[],
  end: (status: EndStatus, failureMessage?: string) => Decision,
): Decision {
  const cancelled = firstCancelled(history)
  if (cancelled) {
    return end(
      'Cancelled',
      `Step ${cancelled.name} was cancelled.${cancelled.failure ? ` ${cancelled.failure.message}` : ''}`,
    )
  }
  const worst = worstOf(sequence, history)
  if (!worst) return end('Success')
  return end(worst.status === 'TimedOut' ? 'TimedOut' : 'Failed', failureText(worst))
}

function failureText(row: StepExecution): string {
  const how = row.status === 'TimedOut' ? 'timed out' : 'failed'
  const often = row.attempt > 1 ? ' maximum allowed times' : ''
  return `Step ${row.name} ${how}${often}. ${row.failure?.message ?? ''}`.trimEnd()
}

function cancelledAt(row: StepExecution): number {
  return (row.endedAt ?? row.startedAt).getTime()
}

type Loop = NonNullable<Sequence['loop']>

function beforeFirstPass({ row, step }: Loop) {
  return mayGoRound(row.inputs, 0) ? { go: step.steps![0]!, attempt: 1 } : ({ over: 'end' } as const)
}

function passOf({ row, step }: Loop, iteration: number): Pass {
  const { CurrentIteratorValue: iteratorValue } = iterationOutputs(row.inputs, iteration)
  return { stepId: row.id, stepName: step.name, iteration, ...(iteratorValue !== undefined && { iteratorValue }) }
}

/** A pass has come to its end, or the loop to its own: another pass, or the loop's row as it ends. */
function afterPass(
  document: AutomationDocument,
  execution: Execution,
  history: readonly StepExecution[],
  { loop, ended }: Sequence & { readonly loop: Loop },
  { over, leaveFor }: { readonly over: 'end' | 'abort' | 'cancelled'; readonly leaveFor?: string },
  now: number,
): Decision {
  const chosenStep = leaveFor
  const inside = rowsInside(history, loop.row)
  if (over === 'cancelled' || inside.some(row => row.status === 'Cancelled')) {
    return finish(loop, 'Cancelled', now, { chosenStep })
  }
  const failed = (row: StepExecution) => {
    const cause = `In iteration ${row.parent!.iteration}: ${failureText(row)}`
    const status = row.status === 'TimedOut' ? 'TimedOut' : 'Failed'
    return finish(loop, status, now, { chosenStep, failure: stepFailure('Invocation', status, cause) })
  }
  const worst = worstOf({ steps: loop.step.steps!, ended: inside }, history)
  if (over === 'abort') return failed(worst ?? ended.at(-1)!)
  try {
    const { LoopCondition } = loop.row.inputs
    if (mayGoRound(loop.row.inputs, loop.iteration) && holds(LoopCondition)) {
      const stopped = stopOf(execution, history, now)
      if (stopped !== undefined) {
        return finish(loop, 'Cancelled', now, { failure: stepFailure('Invocation', 'Cancelled', stopped) })
      }
      return { do: 'start', step: loop.step.steps![0]!, attempt: 1, parent: passOf(loop, loop.iteration + 1) }
    }
  } catch (error) {
    if (!(error instanceof ConditionError || isInputError(error))) throw error
    const cause = `Step ${loop.step.name} ${error.message}`
    return finish(loop, 'Failed', now, { failure: stepFailure('Verification', 'Failed', cause) })
  }
  return worst ? failed(worst) : finish(loop, 'Success', now)

  /** After the first pass: a loop over Iterators has no condition, and always goes on. */
  function holds(condition: unknown): boolean {
    if (condition === undefined || loop.iteration === 0) return true
    return evaluate(interpolate(condition, referenceValues(document, execution, history, now)))
  }
}

function finishTimedOut(loop: Loop, now: number): Decision {
  const seconds = Math.round((loop.row.deadline! - loop.row.startedAt.getTime()) / 1000)
  const cause = `Step ${loop.step.name} did not end within ${seconds} seconds`
  return finish(loop, 'TimedOut', now, { failure: stepFailure('Invocation', 'TimedOut', cause) })
}

function finish(
  { row, iteration }: Loop,
  status: EndStatus,
  now: number,
  more: Partial<Pick<StepExecution, 'failure' | 'chosenStep'>> = {},
): Decision {
  const outputs = iterationOutputs(row.inputs, iteration)
  return { do: 'finish', row: { ...row, status, outputs, endedAt: new Date(now), ...more } }
}

/**
 * A step's inputs and time limit at the moment when it starts: references replaced by values, once.
 * @param now milliseconds since 1970
 * @param parent as the decision to start it has it
 * @returns `timeoutSeconds` is undefined when the step has no limit; `failure` when the step cannot be started like this
 */
export function resolveStep(
  document: AutomationDocument,
  step: StepDefinition,
  execution: Execution,
  history: readonly StepExecution[],
  now: number,
  parent?: Pass,
):
  | { readonly inputs: Readonly<Record<string, unknown>>; readonly timeoutSeconds?: number }
  | { readonly failure: StepFailure } {
  const action = actions.get(step.action)
  try {
    const values = referenceValues(document, execution, history, now, parent)
    const inputs = emptyMap()
    const budget = { characters: maxInputCharacters }
    for (const [name, value] of Object.entries(step.inputs)) {
      inputs[name] = action?.opaqueInputs?.includes(name) ? value : interpolate(value, values, budget)
    }
    const problem = inputProblem(document, step, inputs)
    if (problem !== undefined) return { failure: stepFailure('InputValidation', 'InvalidInput', problem) }
    const limits = [timeout(step, action?.defaultTimeoutSeconds, values), ...timeLeft(history, now)]
    const timeoutSeconds = Math.min(...limits.filter(limit => limit !== undefined))
    return Number.isFinite(timeoutSeconds) ? { inputs, timeoutSeconds } : { inputs }
  } catch (error) {
    if (!isInputError(error)) throw error
    return { failure: stepFailure('InputValidation', 'InvalidInput', error.message) }
  }
}

function isInputError(error: unknown): error is InterpolationError | ParameterError {
  return error instanceof InterpolationError || error instanceof ParameterError
}

/** Of the steps that are the interpreter's own affair, what is wrong with their inputs. */
function inputProblem(
  document: AutomationDocument,
  step: StepDefinition,
  inputs: Readonly<Record<string, unknown>>,
): string | undefined {
  if (step.steps) return loopProblem(inputs)
  return step.action === updateVariableAction ? updateProblem(document, inputs) : undefined
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

/** Seconds that what lies around a step leaves it: the loops that go on, and the two minutes after a cancel. */
function timeLeft(history: readonly StepExecution[], now: number): number[] {
  const cancelled = firstCancelled(history)
  const deadlines = history.filter(isOpenLoop).map(row => row.deadline)
  if (cancelled) deadlines.push(cancelledAt(cancelled) + cancellationTime)
  return deadlines.filter(time => time !== undefined).map(time => Math.max((time - now) / 1000, 0.001))
}
