import { STATUS_CODES } from 'node:http'
import type { ServiceModel } from '../model/service-model.ts'
import { decodeJsonAnswer, encodeJsonRequest } from './client-json.ts'
import { decodeQueryAnswer, decodeQueryError, encodeQueryRequest } from './client-query.ts'

/** The caller's side of the wire, whichever protocol the service's model names. */

/** A request before it gets Host and is signed. It is sent with POST. */
export interface EncodedRequest {
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

/**
 * The request of an operation. `input` is an object of the model's members: Date or epoch seconds for timestamps,
 * Uint8Array for blobs; undefined and null are left out, and so is what the model does not know. Nothing is validated.
 */
export function encodeRequest(model: ServiceModel, operation: string, input: unknown): EncodedRequest {
  const encode = model.metadata.protocol === 'query' ? encodeQueryRequest : encodeJsonRequest
  return encode(model, operation, input)
}

/**
 * What a service answered with a status below 300: the model's members in the model's order, unknown members and nulls
 * left out, timestamps as they were sent (a number in JSON, ISO 8601 text in XML), blobs as bytes. `parse` replaces
 * JSON.parse for the JSON protocols; see decodeJsonAnswer. Throws XmlError when the query protocol's answer is not XML.
 */
export function decodeAnswer(
  model: ServiceModel,
  operation: string,
  bytes: Uint8Array,
  parse?: (text: string) => unknown,
): Record<string, unknown> {
  return model.metadata.protocol === 'query'
    ? decodeQueryAnswer(model, operation, bytes)
    : decodeJsonAnswer(model, operation, bytes, parse)
}

/** An error as a service answered it. */
export interface AnsweredError {
  readonly code: string
  readonly message: string
}

/**
 * The code and message of an answer with a status of 300 or more, by botocore's rules: `__type` without its namespace,
 * x-amzn-query-error before it, the status where there is no code; `message` or `Message`. A proxy's page is no error
 * body: the status' reason phrase is the message then, or below 500 the page itself.
 */
export function decodeError(
  status: number,
  headers: { get(name: string): string | null | undefined },
  bytes: Uint8Array,
): AnsweredError {
  const text = new TextDecoder().decode(bytes).trim()
  if (status >= 500 && (text === '' || text.startsWith('<html>'))) {
    return { code: String(status), message: STATUS_CODES[status] ?? '' }
  }
  const queryError = text.startsWith('<') ? decodeQueryError(bytes) : undefined
  if (queryError !== undefined) return queryError
  const body = parseErrorBody(text)
  const compatible = headers.get('x-amzn-query-error')?.split(';') ?? []
  const code = compatible.length === 2 && compatible[0] ? compatible[0] : typeCode(body.get('__type'))
  return { code: code ?? String(status), message: textOf(body.get('message') ?? body.get('Message')) }
}

/** A Map, so that a body's `__proto__` is a member like any other. A text that is not JSON is the message. */
function parseErrorBody(text: string): Map<string, unknown> {
  if (text === '') return new Map()
  try {
    const parsed: unknown = JSON.parse(text)
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    return new Map(isObject ? Object.entries(parsed) : [])
  } catch {
    return new Map([['message', text]])
  }
}

/** `com.amazonaws.x#NotFound:http://...` is NotFound. */
function typeCode(type: unknown): string | undefined {
  if (typeof type !== 'string') return undefined
  return type.split(':')[0]!.split('#').at(-1)
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : ''
}
