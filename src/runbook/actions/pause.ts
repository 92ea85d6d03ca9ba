import type { Action, ActionCall, Progress } from '../action.ts'
import { isForStep, lastSignal } from './signals.ts'

/** aws:pause: waits for the signal Resume. */
export const pause: Action = {
  name: 'aws:pause',
  idle: true,
  inputs: { required: [], optional: [] },
  inert: true,
  // A Resume from before the step began was meant for another pause.
  start: async call => look(call, { after: lastSignal(call.signals) }),
  poll: async (call, handle) => look(call, handle as Handle),
}

interface Handle {
  /** The sequence of the last signal before the step began. */
  readonly after: number
}

function look(call: ActionCall, handle: Handle): Progress {
  const isResumed = call.signals.some(
    signal => signal.type === 'Resume' && signal.sequence > handle.after && isForStep(signal, call.step.name),
  )
  return isResumed ? { state: 'succeeded', response: {} } : { state: 'waiting', handle }
}
