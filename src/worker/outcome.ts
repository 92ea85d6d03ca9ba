import { runOutputs } from '../catalog/action-outputs.ts'
import type { EngineResult } from '../catalog/engine-work.ts'
import type { Execution, StepExecution } from '../catalog/execution.ts'
import type { Outcome, PlanOutcome } from '../catalog/lifecycle.ts'
import type { RecordOutput } from '../model/generated/servicecatalog.ts'

interface End {
  readonly status: 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'
  readonly failureMessage?: string
  readonly outputs: Readonly<Record<string, readonly string[]>>
}

/** RecordErrors' codes are free text in the model; these are ours. */
const errorCodes = {
  Failed: 'EXECUTION_FAILED',
  TimedOut: 'EXECUTION_TIMED_OUT',
  Cancelled: 'EXECUTION_CANCELLED',
} as const

/**
 * What the end of an execution means for its record and product, or for its plan; undefined when it has neither. Pure.
 */
export function outcomeOf(
  execution: Execution,
  history: readonly StepExecution[],
  end: End,
): Outcome | PlanOutcome | undefined {
  const result = together(history)
  if (execution.planId !== undefined) {
    if (end.status === 'Success') return { status: 'PLANNED', changes: result.changes, planned: result.planned }
    return { status: 'UNPLANNED', message: engineFailure(history, end), planned: result.planned }
  }
  if (!execution.recordId) return undefined
  const { outputs: productOutputs, resources, parameters, broken } = result
  const product = { productOutputs, resources, parameters, broken }
  if (execution.kind === 'engine') {
    if (end.status === 'Success') return { status: 'SUCCEEDED', recordOutputs: result.outputs ?? [], ...product }
    const errors = result.errors ?? [{ Code: errorCodes[end.status], Description: engineFailure(history, end) }]
    return {
      status: 'FAILED',
      recordOutputs: result.outputs ?? [],
      errors,
      ...product,
    }
  }
  const recordOutputs: RecordOutput[] = [
    ...runOutputs(execution),
    ...Object.entries(end.outputs).map(([key, values]) => ({ OutputKey: key, OutputValue: flatten(values) })),
  ]
  if (end.status === 'Success') return { status: 'SUCCEEDED', recordOutputs, ...product }
  const message = end.failureMessage ?? `The automation execution ended as ${end.status}.`
  return {
    status: 'FAILED',
    // AWS sends people to the outputs for the error's text, SDK users look at the errors: both carry it.
    recordOutputs: [
      ...recordOutputs,
      { OutputKey: 'FailureMessage', OutputValue: message, Description: 'Why the service action failed.' },
    ],
    errors: [{ Code: errorCodes[end.status], Description: message }],
    ...product,
  }
}

/** What the engine made of the product in all steps together; a later step's word goes before an earlier one's. */
function together(history: readonly StepExecution[]): EngineResult {
  const said = history.flatMap(step =>
    Object.entries(step.engineResult ?? {}).filter(([, value]) => value !== undefined),
  )
  return Object.fromEntries(said)
}

function engineFailure(history: readonly StepExecution[], end: End): string {
  return history.at(-1)?.failure?.message ?? end.failureMessage ?? 'The engine failed.'
}

/** One text for an output's list: the value itself where there is one, otherwise the values with commas. */
function flatten(values: readonly string[]): string {
  return values.join(',')
}
