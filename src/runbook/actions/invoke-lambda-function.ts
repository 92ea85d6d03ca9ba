import type { Action } from '../action.ts'
import { asText } from '../plain.ts'
import { asJson, callAws, failed, failingAsStep, given } from './aws-step.ts'

/** Seconds: the longest that AWS lets the step run. */
const longest = 300

/** aws:invokeLambdaFunction: invokes a function and, unless it is an Event, waits for what it returns. */
export const invokeLambdaFunction: Action = {
  name: 'aws:invokeLambdaFunction',
  inputs: {
    required: ['FunctionName'],
    optional: ['Qualifier', 'InvocationType', 'LogType', 'ClientContext', 'InputPayload', 'Payload'],
  },
  outputs: ['StatusCode', 'FunctionError', 'LogResult', 'Payload'],
  defaultTimeoutSeconds: longest,
  start: call =>
    failingAsStep('Invocation', async () => {
      const { InputPayload, Payload = InputPayload, ClientContext } = call.inputs
      const input = {
        ...given(call.inputs, ['FunctionName', 'Qualifier', 'InvocationType', 'LogType']),
        ...(Payload !== undefined && { Payload: asText(Payload) }),
        ...(ClientContext !== undefined && { ClientContext: encoded(ClientContext) }),
      }
      const left = call.deadline === undefined ? longest * 1000 : call.deadline - call.now
      const answer = await callAws(call, 'lambda', 'Invoke', input, Math.max(1000, Math.min(left, longest * 1000)))
      const response = given(asJson(answer) as typeof answer, ['StatusCode', 'FunctionError', 'LogResult', 'Payload'])
      const { FunctionError } = response
      if (FunctionError === undefined) return { state: 'succeeded', response }
      const cause = `The function ${call.inputs['FunctionName']} ended with an error (${FunctionError}): ${errorOf(response['Payload'])}`
      return failed('PostProcessing', cause, response)
    }),
}

/** Lambda takes it as JSON in base64. */
function encoded(context: unknown): string {
  return typeof context === 'string' ? context : Buffer.from(JSON.stringify(context)).toString('base64')
}

/** What the function raised, as runtimes tell it; nothing else of the payload, which is the function's own business. */
function errorOf(payload: unknown): string {
  try {
    const { errorType, errorMessage } = JSON.parse(String(payload))
    return [errorType, errorMessage].filter(part => typeof part === 'string').join(' - ') || 'no message'
  } catch {
    return 'no message'
  }
}
