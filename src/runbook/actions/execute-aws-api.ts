import type { Action } from '../action.ts'
import { apiInputs, callApi, checkApi } from './api-call.ts'
import { failingAsStep } from './aws-step.ts'

/** aws:executeAwsApi: calls any operation of AWS. The document's outputs select from what boto3 would return. */
export const executeAwsApi: Action = {
  name: 'aws:executeAwsApi',
  inputs: apiInputs,
  check: checkApi,
  start: call => failingAsStep('Invocation', async () => ({ state: 'succeeded', response: await callApi(call) })),
}
