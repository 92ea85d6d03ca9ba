import type { Position } from '../words/queue.ts'
import type { Output } from './services.ts'

export type RecordOf = Output<'servicecatalog.DescribeRecord'>
export type Execution = NonNullable<Output<'ssm.GetAutomationExecution'>['AutomationExecution']>
export type Step = NonNullable<Execution['StepExecutions']>[number]

/** A run as its events have told it so far. */
export interface Run {
  readonly record?: RecordOf
  /** The ARN of whoever asked for it. */
  readonly by?: string
  /** The service action that it ran. */
  readonly actionId?: string
  readonly execution?: Execution
  /** Where it stands in its line, while it waits for its turn. */
  readonly queue?: Position
  /** In the order in which they ran; those that have not been reached come last. */
  readonly steps: readonly Step[]
  /** Why the execution is not shown, where somebody may see the record alone. */
  readonly refused?: { readonly code: string; readonly message: string }
}

/** The run that the parts make up. */
export function readParts(parts: ReadonlyMap<string, unknown>): Run {
  const found = [...parts].flatMap(([name, part]) =>
    name.startsWith('step:') ? [part as Step & { readonly at: number }] : [],
  )
  // A step that was waited for is known by its name, and once it runs by its id: the row of its name is old then.
  const started = new Set(found.filter(step => step.StepExecutionId !== undefined).map(step => step.StepName))
  const steps = found
    .filter(step => step.StepExecutionId !== undefined || !started.has(step.StepName))
    .sort((a, b) => a.at - b.at)
  return {
    record: parts.get('record') as RecordOf | undefined,
    by: parts.get('by') as string | undefined,
    actionId: parts.get('action') as string | undefined,
    execution: parts.get('execution') as Execution | undefined,
    queue: (parts.get('queue') ?? undefined) as Position | undefined,
    refused: parts.get('refused') as Run['refused'],
    steps,
  }
}

/** The step that made a run fail, which is what one wants to see first. */
export function failingStep(steps: readonly Step[]): Step | undefined {
  return steps.findLast(step => step.StepStatus === 'Failed' || step.StepStatus === 'TimedOut')
}

/** The record of the run that failed, which this one goes on with. */
export function resumedFrom({ record }: Pick<Run, 'record'>): string | undefined {
  return record?.RecordOutputs?.find(output => output.OutputKey === 'ResumedFrom')?.OutputValue
}

/** Whether a step was taken over from the run that this one goes on with: it had ended before there was this one. */
export function isTakenOver(step: Step, run: Pick<Run, 'record'>): boolean {
  const begun = run.record?.RecordDetail?.CreatedTime
  return (
    resumedFrom(run) !== undefined &&
    begun !== undefined &&
    step.ExecutionEndTime !== undefined &&
    step.ExecutionEndTime <= begun
  )
}

/** Where a step's bar lies in the time of all of them, in hundredths of it. */
export function barOf(
  step: Pick<Step, 'ExecutionStartTime' | 'ExecutionEndTime'>,
  all: { readonly begin: number; readonly end: number },
): { readonly left: number; readonly width: number } | undefined {
  if (step.ExecutionStartTime === undefined) return undefined
  const length = Math.max(all.end - all.begin, 0.001)
  const place = (time: number) => Math.min(100, Math.max(0, (100 * (time - all.begin)) / length))
  const left = place(step.ExecutionStartTime)
  return { left, width: Math.max(0, place(step.ExecutionEndTime ?? all.end) - left) }
}
