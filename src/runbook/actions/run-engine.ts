import type { EngineTask } from '../../catalog/engine-work.ts'
import type { Action } from '../action.ts'

const works: readonly unknown[] = ['provision', 'update', 'terminate', 'plan', 'import'] satisfies EngineTask[]

/** bellhop:runEngine: the one step of the documents behind provision, update, terminate, plans and imports. Only they may name it. */
export const runEngine: Action = {
  name: 'bellhop:runEngine',
  internal: true,
  inputs: { required: ['Work'], optional: [] },
  outputs: 'response',
  check: ({ Work }) => (works.includes(Work) ? undefined : `has an unknown Work: ${JSON.stringify(Work)}`),
  start: ({ inputs, token, tools }) => tools.engine.start(inputs['Work'] as EngineTask, token),
  poll: ({ tools }, handle) => tools.engine.poll(handle),
  cancel: ({ tools }, handle) => tools.engine.cancel(handle),
}
