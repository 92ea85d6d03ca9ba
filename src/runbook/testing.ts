import type { Execution, Signal, StepExecution } from '../catalog/execution.ts'
import type { AutomationDocument } from './document.ts'
import {
  type ActionCall,
  actionOutputs,
  actions,
  completeOutputs,
  type Decision,
  next,
  type Progress,
  resolveStep,
  type Tools,
} from './index.ts'

/** For tests: runs documents in memory, with a clock that jumps to the next moment at which something can happen. */

export const start = Date.parse('2026-01-31T08:00:00Z')

export function execution(changes: Partial<Execution> = {}): Execution {
  return {
    id: '12345678-1234-4234-8234-123456789012',
    scope: { accountId: '123456789012', region: 'us-east-1' },
    kind: 'automation',
    document: { name: 'Test', version: '1', content: '' },
    parameters: {},
    executedBy: 'arn:aws:iam::123456789012:user/bob',
    status: 'InProgress',
    outputs: {},
    epoch: 1,
    createdAt: new Date(start),
    ...changes,
  }
}

export function signal(
  sequence: number,
  type: Signal['type'],
  sentBy: string,
  payload: Signal['payload'] = {},
): Signal {
  return { executionId: execution().id, sequence, type, payload, sentBy, sentAt: new Date(start) }
}

/** A script tool that answers from a table by step; without a row the script returns {ok: true}. */
export const noTools: Tools = {
  runScript: async () => ({ state: 'returned', payload: { ok: true }, log: '' }),
  engine: {
    start: async () => ({ state: 'succeeded', response: {} }),
    poll: async () => ({ state: 'succeeded', response: {} }),
    cancel: async () => {},
  },
  aws: {
    region: execution().scope.region,
    call: async () => ({}),
    credentials: async () => ({ accessKeyId: 'AKIATEST', secretAccessKey: 'secret' }),
  },
}

export function call(changes: Partial<ActionCall> & Pick<ActionCall, 'inputs'>): ActionCall {
  return {
    execution: execution(),
    step: { name: 'step_a', attempt: 1 },
    token: 'token-1',
    signals: [],
    now: start,
    abort: new AbortController().signal,
    tools: noTools,
    ...changes,
  }
}

export interface RunOptions {
  readonly execution?: Partial<Execution>
  readonly tools?: Tools
  /** Sent, in this order, when nothing else can happen. `Cancel` stops the execution and the step in hand. */
  readonly signals?: readonly (Omit<Signal, 'sequence' | 'executionId' | 'sentAt'> | 'Cancel')[]
}

export interface Run {
  readonly end: Extract<Decision, { do: 'end' }>
  readonly history: readonly StepExecution[]
}

export async function run(document: AutomationDocument, options: RunOptions = {}): Promise<Run> {
  const history: StepExecution[] = []
  const signals: Signal[] = []
  const outside = [...(options.signals ?? [])]
  let current = execution(options.execution)
  let now = start
  for (;;) {
    const decision = next(document, current, history, now)
    if (decision.do === 'end') return { end: decision, history }
    const { step, attempt } = decision
    const resolved = resolveStep(document, step, current, history, now)
    const row = {
      id: `step-${history.length + 1}`,
      executionId: current.id,
      ordinal: history.length + 1,
      name: step.name,
      action: step.action,
      attempt,
      startedAt: new Date(now),
    }
    const finish = (rest: Pick<StepExecution, 'status'> & Partial<StepExecution>) =>
      history.push({ ...row, inputs: {}, outputs: {}, endedAt: new Date(now), ...rest })
    if ('failure' in resolved) {
      finish({ status: 'Failed', failure: resolved.failure })
      continue
    }
    const action = actions.get(step.action)!
    const deadline = resolved.timeoutSeconds === undefined ? undefined : now + resolved.timeoutSeconds * 1000
    const makeCall = () =>
      call({
        inputs: resolved.inputs,
        execution: current,
        step: row,
        token: row.id,
        signals,
        now,
        deadline,
        tools: options.tools ?? noTools,
      })
    let progress: Progress | 'TimedOut' | 'Cancelled' = await action.start(makeCall())
    while (typeof progress === 'object' && progress.state === 'waiting') {
      const sent = outside.shift()
      if (sent === 'Cancel') {
        current = { ...current, stop: 'Cancel' }
        progress = 'Cancelled'
        break
      }
      if (sent) signals.push({ ...sent, executionId: current.id, sequence: signals.length + 1, sentAt: new Date(now) })
      else {
        const times = [progress.wakeAt, deadline].filter(time => time !== undefined)
        if (times.length === 0) throw new Error(`Step ${step.name} waits for nothing.`)
        now = Math.max(now, Math.min(...times))
        if (deadline !== undefined && now >= deadline && (progress.wakeAt ?? Number.POSITIVE_INFINITY) > now) {
          progress = 'TimedOut'
          break
        }
      }
      progress = await action.poll!(makeCall(), progress.handle)
    }
    if (typeof progress === 'string') {
      finish({ status: progress })
      continue
    }
    if (progress.state === 'failed') {
      const outputs = actionOutputs(step, progress.response ?? {})
      finish({ status: progress.status ?? 'Failed', failure: progress.failure, outputs })
      continue
    }
    if (progress.state !== 'succeeded') throw new Error(`Step ${step.name} still waits.`)
    const completed = completeOutputs(step, progress.response)
    if ('failure' in completed) finish({ status: 'Failed', failure: completed.failure })
    else
      finish({
        status: 'Success',
        inputs: resolved.inputs,
        outputs: completed.outputs,
        chosenStep: progress.chosenStep,
      })
  }
}
