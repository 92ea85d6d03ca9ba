import { type Execution, isEnded, type StepExecution } from '../catalog/execution.ts'
import type { AutomationDocument, StepDefinition } from './document.ts'
import { next } from './interpreter.ts'
import { rowsInside, worstOf } from './sequence.ts'

/**
 * Where a run that failed can be gone on with: the step that it begins with, and the rows that are taken over from the run
 * that failed, as they are for the new one. Loops that were under way are open again. Or why it cannot be.
 */
export type ResumePoint =
  | { readonly stepName: string; readonly taken: readonly StepExecution[] }
  | { readonly problem: string }

/** Pure. `now` is in milliseconds since 1970. */
export function resumePoint(
  document: AutomationDocument,
  execution: Execution,
  history: readonly StepExecution[],
  now: number,
): ResumePoint {
  const rows = history.toSorted((one, other) => one.ordinal - other.ordinal)
  const cancelled = rows.find(row => row.status === 'Cancelled')
  if (cancelled) return { problem: `Step ${cancelled.name} was cancelled.` }
  const last = rows.findLast(row => row.parent === undefined)
  if (!last) return { problem: 'No step of it was begun.' }
  if (!failed(last)) {
    const cause = rows.find(row => row.parent === undefined && failed(row))
    return {
      problem: cause
        ? `Step ${cause.name} failed and the run went on to step ${last.name}: what was done since cannot be taken over.`
        : 'None of its steps failed.',
    }
  }
  // Into the loops that failed for what is inside of them.
  const reopened = new Map<string, StepDefinition>()
  let failing: StepExecution | undefined = last
  let steps: readonly StepDefinition[] = document.mainSteps
  for (;;) {
    const definition = steps.find(({ name }) => name === failing!.name)
    const inside: StepExecution | undefined = rows.findLast(row => row.parent?.stepId === failing!.id)
    if (!definition?.steps || !inside) break
    reopened.set(failing.id, definition)
    steps = definition.steps
    failing = failed(inside) ? inside : undefined
    if (!failing) break
  }
  if (failing?.failure?.type === 'Interrupted') {
    return {
      problem: `Step ${failing.name} is declared not repeatable, and nobody knows whether it had done its work when the server stopped.`,
    }
  }
  const dropped = failing ? attemptsOf(failing, rows) : new Set<string>()
  const taken = rows.filter(row => !dropped.has(row.id)).map(row => (reopened.has(row.id) ? open(row, now) : row))
  const levels = [
    { steps: document.mainSteps, ended: taken.filter(row => row.parent === undefined && isEnded(row.status)) },
    ...taken.flatMap(row => {
      const { steps } = reopened.get(row.id) ?? {}
      return steps ? [{ steps, ended: rowsInside(taken, row) }] : []
    }),
  ]
  const before = levels.map(level => worstOf(level, taken)).find(row => row !== undefined)
  if (before)
    return { problem: `Step ${before.name} failed before it and the run went on: it would fail for that again.` }
  const decision = next(document, { ...execution, stop: undefined }, taken, now)
  if (decision.do !== 'start') return { problem: 'Nothing is left to be done from where it failed.' }
  return { stepName: decision.step.name, taken }
}

function failed({ status }: StepExecution): boolean {
  return status === 'Failed' || status === 'TimedOut'
}

/** The row with those of the attempts before it. */
function attemptsOf(row: StepExecution, rows: readonly StepExecution[]): Set<string> {
  const same = rows.filter(
    ({ name, parent }) =>
      name === row.name && parent?.stepId === row.parent?.stepId && parent?.iteration === row.parent?.iteration,
  )
  const attempts = new Set<string>()
  for (let i = same.length - 1, wanted = row.attempt; i >= 0 && same[i]!.attempt === wanted; i -= 1, wanted -= 1) {
    attempts.add(same[i]!.id)
  }
  return attempts
}

/** A loop that goes on, with its whole time before it. */
function open({ endedAt: _, failure: __, chosenStep: ___, ...row }: StepExecution, now: number): StepExecution {
  const deadline = row.deadline === undefined ? undefined : now + (row.deadline - row.startedAt.getTime())
  return { ...row, status: 'InProgress', outputs: {}, startedAt: new Date(now), deadline }
}
