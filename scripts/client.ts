import { type ServiceName, services } from '../src/model/services.ts'
import { encodeRequest } from '../src/protocol/client.ts'
import { signRequest } from '../src/sigv4/sign.ts'
import type { Credentials } from '../src/sigv4/types.ts'

/** A server and the key to speak to it with. */
export interface Target {
  readonly url: string
  readonly credentials: Credentials
  readonly region?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: any
}

/** Sends an operation, signed, and gives the answer back as it is. */
export async function send(target: Target, service: ServiceName, operation: string, input: unknown): Promise<Answer> {
  const { path, headers, body } = encodeRequest(services[service], operation, input)
  const url = new URL(path, target.url)
  const request = { method: 'POST', path, query: '', headers: [['Host', url.host] as const, ...headers], body }
  const signature = signRequest(
    request,
    target.credentials,
    { region: target.region ?? 'us-east-1', service },
    new Date(),
  )
  return fetchAnswer(url, {
    method: 'POST',
    headers: [...headers, ...signature].map(([name, value]): [string, string] => [name, value]),
    body: Buffer.from(body),
  })
}

/** Sends a request as it is. */
export async function fetchAnswer(url: URL | string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // XML, or nothing: the text is there.
  }
  return { status: response.status, headers: response.headers, text, json }
}

/** Sends an operation and gives its output; throws with the error's code and text when it fails. */
export async function call(target: Target, service: ServiceName, operation: string, input: unknown): Promise<any> {
  const answer = await send(target, service, operation, input)
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${answer.text}`)
  return answer.json ?? answer.text
}
