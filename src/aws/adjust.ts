import { asksForEncodedKeys } from './answer.ts'
import type { ServiceModel } from './model.ts'

/** What boto3's handlers change in requests, so that parameters written for boto3 mean here what they mean there. */
export function adjustInput(
  model: ServiceModel,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): { readonly input: Readonly<Record<string, unknown>>; readonly hidden: readonly string[] } {
  if (asksForEncodedKeys(model, operation) && input['EncodingType'] === undefined) {
    return { input: { ...input, EncodingType: 'url' }, hidden: ['EncodingType'] }
  }
  if (model.metadata.serviceId === 'EC2') return { input: withEncodedUserData(operation, input), hidden: [] }
  if (model.metadata.serviceId === 'Auto Scaling' && operation === 'CreateLaunchConfiguration') {
    return { input: encodedMember(input, 'UserData'), hidden: [] }
  }
  return { input, hidden: [] }
}

function withEncodedUserData(operation: string, input: Readonly<Record<string, unknown>>) {
  if (operation === 'RunInstances') return encodedMember(input, 'UserData')
  if (operation === 'RequestSpotInstances' && input['LaunchSpecification']) {
    const specification = input['LaunchSpecification'] as Readonly<Record<string, unknown>>
    return { ...input, LaunchSpecification: encodedMember(specification, 'UserData') }
  }
  return input
}

function encodedMember(map: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const text = map[name]
  return typeof text === 'string' ? { ...map, [name]: Buffer.from(text).toString('base64') } : map
}
