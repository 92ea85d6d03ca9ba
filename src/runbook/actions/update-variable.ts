import type { Action } from '../action.ts'
import { updateVariableAction } from '../variables.ts'

/**
 * aws:updateVariable: gives a variable of the document another value of the same type. The journal is where variables are
 * kept (variables.ts): that this step succeeded with these inputs is the new value.
 */
export const updateVariable: Action = {
  name: updateVariableAction,
  inputs: { required: ['Name', 'Value'], optional: [] },
  inert: true,
  check: ({ Name }) =>
    typeof Name === 'string' && /^variable:[^\s{}]+$/.test(Name)
      ? undefined
      : `has a Name that is not of the form variable:NAME: ${JSON.stringify(Name)}`,
  start: async () => ({ state: 'succeeded', response: {} }),
}
