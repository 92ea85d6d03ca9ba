import type { Action } from '../action.ts'
import { isMap } from '../plain.ts'
import { stepFailure } from '../texts.ts'

/**
 * bellhop:invokeEngine (ours, not AWS's): the engine that provisioned the product performs an action that it knows by
 * name. What it returns is the step's answer, and every member of it an output.
 */
export const invokeEngine: Action = {
  name: 'bellhop:invokeEngine',
  inputs: { required: ['Action'], optional: ['Parameters'] },
  outputs: 'response',
  defaultTimeoutSeconds: 3600,
  check: ({ Action, Parameters }) => {
    if (typeof Action !== 'string' || Action === '')
      return 'needs the input Action, the name of an action of the engine'
    const isReference = typeof Parameters === 'string' && Parameters.includes('{{')
    return Parameters === undefined || isMap(Parameters) || isReference
      ? undefined
      : 'has Parameters that are not a map'
  },
  start: async ({ inputs, token, tools }) => {
    const { Action, Parameters = {} } = inputs
    if (typeof Action !== 'string' || !isMap(Parameters)) {
      const cause = typeof Action === 'string' ? 'Parameters is not a map' : 'Action is not a string'
      return { state: 'failed', failure: stepFailure('InputValidation', 'InvalidInput', cause) }
    }
    return tools.engine.start('action', token, { name: Action, parameters: Parameters })
  },
  poll: ({ tools }, handle) => tools.engine.poll(handle),
  cancel: ({ tools }, handle) => tools.engine.cancel(handle),
}
