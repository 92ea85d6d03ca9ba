import { isEnded, type StepExecution } from '../catalog/execution.ts'
import type { AutomationDocument, StepDefinition } from './document.ts'
import { endedRows, isOpenLoop, lastIteration } from './values.ts'

/**
 * Steps that follow each other: those of the document, or those inside a loop in one of its passes. What comes after a step
 * is decided here, by the sequence that it belongs to. Pure.
 */
export interface Sequence {
  readonly steps: readonly StepDefinition[]
  /** Their rows that have ended, in order. */
  readonly ended: readonly StepExecution[]
  /** The loop around them that goes on. */
  readonly loop?: { readonly row: StepExecution; readonly step: StepDefinition; readonly iteration: number }
}

/** Where the sequence goes after what has ended. */
export type Course =
  | { readonly go: StepDefinition; readonly attempt: number }
  /** It is over: at its end, aborted, or cancelled. `leaveFor` is a step outside of it to go to. */
  | { readonly over: 'end' | 'abort' | 'cancelled'; readonly leaveFor?: string }
  | { readonly unknownStep: string }

/** The innermost sequence that is under way; undefined when the journal names a loop that the document does not have. */
export function sequenceUnderWay(
  document: AutomationDocument,
  history: readonly StepExecution[],
): Sequence | { readonly unknownStep: string } {
  const ended = endedRows(history)
  let sequence: Sequence = { steps: document.mainSteps, ended: ended.filter(row => row.parent === undefined) }
  for (;;) {
    const around = sequence.loop?.row.id
    const row = history.find(each => isOpenLoop(each) && each.parent?.stepId === around)
    if (!row) return sequence
    const step = named(sequence.steps, row.name)
    if (!step?.steps) return { unknownStep: row.name }
    const iteration = lastIteration(history, row)
    sequence = {
      steps: step.steps,
      ended: ended.filter(each => each.parent?.stepId === row.id && each.parent.iteration === iteration),
      loop: { row, step, iteration },
    }
  }
}

/** What comes after the last step that has ended, or at the beginning. */
export function courseOf(sequence: Sequence, history: readonly StepExecution[]): Course {
  const last = sequence.ended.at(-1)
  if (!last) return { go: sequence.steps[0]!, attempt: 1 }
  const step = named(sequence.steps, last.name)
  if (!step) return { unknownStep: last.name }
  if (last.status === 'Success') {
    return last.chosenStep === undefined ? inOrder(sequence, step) : goTo(sequence, last.chosenStep)
  }
  const cancelled = firstCancelled(history)
  if (last.status === 'Cancelled') {
    if (last.chosenStep !== undefined) return goTo(sequence, last.chosenStep, 'cancelled')
    if (cancelled?.id === last.id && step.onCancel?.kind === 'step') {
      return goTo(sequence, step.onCancel.step, 'cancelled')
    }
    return { over: 'cancelled' }
  }
  if (!cancelled && mayTryAgain(step, last)) return { go: step, attempt: last.attempt + 1 }
  if (last.chosenStep !== undefined) return goTo(sequence, last.chosenStep)
  // A jump on failure wins over isEnd (AWS-ResizeInstance relies on it), and Continue honours nextStep and isEnd.
  const { onFailure } = reactionTo(step, last, history)
  if (onFailure.kind === 'step') return goTo(sequence, onFailure.step)
  return onFailure.kind === 'Continue' ? inOrder(sequence, step) : { over: 'abort' }
}

export function firstCancelled(history: readonly StepExecution[]): StepExecution | undefined {
  return history.find(row => row.status === 'Cancelled')
}

/**
 * A time-out counts as a failure here: SSM takes a step for timed out only after its last attempt. A step that must not be
 * started twice and was in hand when the server died is not tried again, whatever maxAttempts says.
 */
function mayTryAgain(step: StepDefinition, last: StepExecution): boolean {
  return last.attempt < step.maxAttempts && last.failure?.type !== 'Interrupted'
}

function inOrder(sequence: Sequence, step: StepDefinition): Course {
  if (step.isEnd) return { over: 'end' }
  if (step.nextStep !== undefined) return goTo(sequence, step.nextStep)
  const following = sequence.steps[sequence.steps.indexOf(step) + 1]
  return following ? { go: following, attempt: 1 } : { over: 'end' }
}

function goTo(sequence: Sequence, name: string, how: 'abort' | 'cancelled' = 'abort'): Course {
  const step = named(sequence.steps, name)
  if (step) return { go: step, attempt: 1 }
  return sequence.loop ? { over: how, leaveFor: name } : { unknownStep: name }
}

function named(steps: readonly StepDefinition[], name: string): StepDefinition | undefined {
  return steps.find(step => step.name === name)
}

/**
 * What a step's failure leads to. A loop that failed because of a step inside of it reacts as that step says, where it says
 * something (AWS's documentation of aws:loop: it inherits onFailure).
 */
function reactionTo(
  step: StepDefinition,
  row: StepExecution,
  history: readonly StepExecution[],
): { readonly onFailure: StepDefinition['onFailure']; readonly isCritical: boolean } {
  const own = { onFailure: step.onFailure, isCritical: step.isCritical ?? step.onFailure.kind !== 'Continue' }
  if (!step.steps) return own
  const inside = rowsInside(history, row)
  const cause = worstOf({ steps: step.steps, ended: inside }, history)
  // A step that is not critical ended the loop: the loop is no more critical than it.
  if (!cause && (inside.at(-1)?.status ?? 'Success') !== 'Success')
    return { ...own, isCritical: step.isCritical ?? false }
  const inner = cause && named(step.steps, cause.name)
  if (!inner?.declaresOnFailure || inner.onFailure.kind === 'step') return own
  return { onFailure: inner.onFailure, isCritical: step.isCritical ?? true }
}

/** The rows of all passes of a loop that have ended, without those of loops inside of it. */
export function rowsInside(history: readonly StepExecution[], loop: StepExecution): StepExecution[] {
  return history.filter(row => row.parent?.stepId === loop.id && isEnded(row.status))
}

/** The critical step that decides how the sequence ends; undefined when none failed. */
export function worstOf(
  { steps, ended }: Pick<Sequence, 'steps' | 'ended'>,
  history: readonly StepExecution[],
): StepExecution | undefined {
  const failures = ended.filter((row, index) => {
    if (row.status === 'Success' || row.status === 'Cancelled' || isRetried(row, ended[index + 1])) return false
    const step = named(steps, row.name)
    return !step || reactionTo(step, row, history).isCritical
  })
  return failures.find(row => row.status === 'Failed') ?? failures[0]
}

function isRetried(row: StepExecution, following: StepExecution | undefined): boolean {
  return following?.name === row.name && following.attempt === row.attempt + 1
}
