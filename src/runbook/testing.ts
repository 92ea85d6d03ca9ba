import type { Execution, Signal } from '../catalog/execution.ts'
import type { AutomationDocument } from './document.ts'
import type { ActionCall, Tools } from './index.ts'
import { type SimulatedMessage, type SimulatedRun, simulate } from './simulate.ts'

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
  webhook: async () => ({ status: 200, text: '' }),
  aws: {
    region: execution().scope.region,
    call: async () => ({}),
    credentials: async () => ({ accessKeyId: 'AKIATEST', secretAccessKey: 'secret' }),
  },
  approvals: { requesterMayApprove: true, notify: async () => {} },
  automations: {
    start: async (_request, token) => ({ executionId: token }),
    look: async () => ({ status: 'Success', outputs: {} }),
    cancel: async () => {},
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
  readonly signals?: readonly SimulatedMessage[]
}

export async function run(document: AutomationDocument, options: RunOptions = {}): Promise<SimulatedRun> {
  const outside = [...(options.signals ?? [])]
  return simulate({
    document,
    execution: execution(options.execution),
    start,
    tools: options.tools ?? noTools,
    message: () => outside.shift(),
  })
}
