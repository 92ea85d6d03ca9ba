import type { Execution, StepExecution } from '../catalog/execution.ts'
import type { Outcome } from '../catalog/lifecycle.ts'
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

/** What the end of an execution means for its record and product; undefined when it has no record. Pure. */
export function outcomeOf(execution: Execution, history: readonly StepExecution[], end: End): Outcome | undefined {
  if (!execution.recordId) return undefined
  const result = history.findLast(step => step.engineResult)?.engineResult
  const product = { productOutputs: result?.outputs, resources: result?.resources }
  if (execution.kind === 'engine') {
    if (end.status === 'Success') return { status: 'SUCCEEDED', recordOutputs: result?.outputs ?? [], ...product }
    const message = history.at(-1)?.failure?.message ?? end.failureMessage ?? 'The engine failed.'
    return {
      status: 'FAILED',
      recordOutputs: [],
      errors: [{ Code: errorCodes[end.status], Description: message }],
      ...product,
    }
  }
  const recordOutputs: RecordOutput[] = [
    {
      OutputKey: 'AutomationExecutionId',
      OutputValue: execution.id,
      Description: 'The automation execution that runs this service action.',
    },
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

/** One text for an output's list: the value itself where there is one, otherwise the values with commas. */
function flatten(values: readonly string[]): string {
  return values.join(',')
}
