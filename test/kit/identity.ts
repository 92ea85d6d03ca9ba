import { randomUUID } from 'node:crypto'
import { type ServiceName, services } from '../../src/model/services.ts'
import { decodeAnswer, decodeError } from '../../src/protocol/client.ts'
import type { Credentials } from '../../src/sigv4/types.ts'
import { send } from './bellhop.ts'

interface Endpoint {
  readonly url: string
  readonly credentials: Credentials
  readonly region?: string
}

/** What an operation came to: its output, or the error's code, text and HTTP status. */
export type Outcome = { readonly output: any } | { readonly code: string; readonly message: string; status: number }

/** Calls an operation of any service, decoded by its model: JSON and XML alike. */
export async function outcomeOf(
  endpoint: Endpoint,
  service: ServiceName,
  operation: string,
  input: object = {},
): Promise<Outcome> {
  const answer = await send(endpoint, service, operation, { ...tokens(service, operation), ...input })
  const bytes = Buffer.from(answer.text)
  if (answer.status === 200) return { output: decodeAnswer(services[service], operation, bytes) }
  return { ...decodeError(answer.status, answer.headers, bytes), status: answer.status }
}

/** A fresh idempotency token where the model asks for one, as every client makes it. */
function tokens(service: ServiceName, operation: string): object {
  const { operations, shapes } = services[service]
  const shape = shapes[operations[operation]?.input?.shape ?? '']
  const members = shape?.type === 'structure' ? Object.entries(shape.members) : []
  const names = members.filter(([, ref]) => ref.idempotencyToken).map(([name]) => name)
  return Object.fromEntries(names.map(name => [name, randomUUID()]))
}

/** Calls an operation that must succeed, and gives its output. */
export async function outputOf(
  endpoint: Endpoint,
  service: ServiceName,
  operation: string,
  input: object = {},
): Promise<any> {
  const outcome = await outcomeOf(endpoint, service, operation, input)
  if ('code' in outcome) throw new Error(`${operation}: ${outcome.status} ${outcome.code}: ${outcome.message}`)
  return outcome.output
}

/** A policy document with one statement. */
export function document(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

/** Makes a user with a key of their own; `policy` is what they may do, as an inline policy's statement. */
export async function makeUser(admin: Endpoint, name: string, policy?: object): Promise<Endpoint> {
  await outputOf(admin, 'iam', 'CreateUser', { UserName: name })
  if (policy) {
    await outputOf(admin, 'iam', 'PutUserPolicy', {
      UserName: name,
      PolicyName: 'test',
      PolicyDocument: document(policy),
    })
  }
  const { AccessKey: key } = await outputOf(admin, 'iam', 'CreateAccessKey', { UserName: name })
  const credentials = { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey }
  return { url: admin.url, credentials, region: admin.region }
}
