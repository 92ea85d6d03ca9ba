import type { Action, ActionCall, Progress } from '../action.ts'
import { callApi, checkProperty, propertyInputs, propertyOf } from './api-call.ts'
import { look, lookAgain } from './aws-step.ts'

interface Handle {
  readonly looks: number
}

/** aws:waitForAwsResourceProperty: asks again and again until a property has one of the desired values. */
export const waitForAwsResourceProperty: Action = {
  name: 'aws:waitForAwsResourceProperty',
  inputs: propertyInputs,
  check: checkProperty,
  defaultTimeoutSeconds: 3600,
  start: call => ask(call, { looks: 0 }),
  poll: (call, handle) => ask(call, handle as Handle),
}

function ask(call: ActionCall, handle: Handle): Promise<Progress> {
  return look(call, handle, async () => {
    const response = await callApi(call)
    return propertyOf(call.inputs, response).isDesired ? { state: 'succeeded', response } : lookAgain(call, handle)
  })
}
