import type { Action } from '../action.ts'
import { asText } from '../plain.ts'
import { failed } from './aws-step.ts'

/**
 * aws:invokeWebhook: posts to an integration that the server's configuration names (AWS keeps them in its parameter store).
 * A document never names a URL, and never sees the integration's headers.
 */
export const invokeWebhook: Action = {
  name: 'aws:invokeWebhook',
  inputs: { required: ['IntegrationName'], optional: ['Body'] },
  outputs: ['Response', 'ResponseCode'],
  start: async call => {
    const { IntegrationName, Body } = call.inputs
    if (typeof IntegrationName !== 'string') return failed('InputValidation', 'IntegrationName must be a name')
    const body = Body === undefined || Body === null ? undefined : asText(Body)
    const result = await call.tools.webhook({
      integration: IntegrationName,
      body,
      token: call.token,
      abort: call.abort,
    })
    if ('problem' in result) return failed('Invocation', result.problem)
    const response = { Response: result.text, ResponseCode: result.status }
    if (result.status >= 200 && result.status < 300) return { state: 'succeeded', response }
    return failed('Invocation', `The integration ${IntegrationName} answered ${result.status}`, response)
  },
}
