import type { Action } from '../action.ts'
import { callApi, checkProperty, propertyInputs, propertyOf } from './api-call.ts'
import { failed, failingAsStep } from './aws-step.ts'

/** aws:assertAwsResourceProperty: fails unless a property of what AWS answers has one of the desired values. */
export const assertAwsResourceProperty: Action = {
  name: 'aws:assertAwsResourceProperty',
  inputs: propertyInputs,
  check: checkProperty,
  start: call =>
    failingAsStep('Invocation', async () => {
      const response = await callApi(call)
      const { isDesired, found } = propertyOf(call.inputs, response)
      if (isDesired) return { state: 'succeeded', response }
      const { PropertySelector, DesiredValues } = call.inputs
      const cause = `${PropertySelector} found ${found}, which is not in the desired values ${JSON.stringify(DesiredValues)}`
      return failed('Verification', cause)
    }),
}
