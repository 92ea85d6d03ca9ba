import type { ServiceModel } from '../../src/model/service-model.ts'
import { type ServiceName, services } from '../../src/model/services.ts'
import { signRequest } from '../../src/sigv4/sign.ts'
import { type Answer, type Bellhop, fetchAnswer } from './bellhop.ts'

/** Errors that any operation may answer; the others must be declared by the model. */
const common = new Set([
  'SerializationException',
  'ValidationException',
  'AccessDeniedException',
  'InvalidParametersException',
  'OperationNotSupportedException',
  'RequestEntityTooLargeException',
  'ThrottlingException',
  // What SSM answers for what we do not do, and SQS for a value out of its range.
  'UnsupportedOperationException',
  'InvalidParameterValue',
])

/** Whether an operation was answered, or refused by an error that it declares or that is common, with a text. */
export function isAnswerOrError(model: ServiceModel, operation: string, { status, json }: Answer): boolean {
  if (status === 200) return typeof json === 'object'
  const code: string | undefined = json?.__type?.split('#').at(-1)
  const text = json?.message ?? json?.Message
  const declared = model.operations[operation]!.errors?.some(error => error.shape === code)
  return status < 500 && code !== undefined && (declared || common.has(code)) && typeof text === 'string' && text !== ''
}

/** Sends JSON as it is, also what our own client would refuse to encode. */
export function sendJson(
  server: Pick<Bellhop, 'url' | 'credentials'>,
  service: ServiceName,
  operation: string,
  input: unknown,
): Promise<Answer> {
  const { targetPrefix, jsonVersion } = services[service].metadata
  const url = new URL(server.url)
  const body = Buffer.from(JSON.stringify(input))
  const headers: [string, string][] = [
    ['Content-Type', `application/x-amz-json-${jsonVersion}`],
    ['X-Amz-Target', `${targetPrefix}.${operation}`],
  ]
  const request = { method: 'POST', path: '/', query: '', headers: [['Host', url.host] as const, ...headers], body }
  const signature = signRequest(request, server.credentials, { region: 'us-east-1', service }, new Date())
  return fetchAnswer(url, {
    method: 'POST',
    headers: [...headers, ...signature.map(([name, value]): [string, string] => [name, value])],
    body,
  })
}
