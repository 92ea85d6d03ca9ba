import type { ServiceModel } from '../model/service-model.ts'
import { decodeInput, encodeError, type Structure } from './codec.ts'
import type { ServiceError } from './errors.ts'
import { parseJson } from './json.ts'
import { outputText } from './json-output.ts'
import { decodeQueryInput, encodeQueryError, encodeQueryOutput, parseQueryRequest } from './query.ts'

export { validateInput } from './validate.ts'

/** The server's side of the wire, whichever protocol the service's model names. */

/** Ready to be sent; the headers are those that belong to the body. */
export interface EncodedAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** The operation that a body names, which only the query protocol's does. Throws SerializationException. */
export function requestedOperation(model: ServiceModel, body: Uint8Array): string | undefined {
  return isQuery(model) ? parseQueryRequest(body).action : undefined
}

/** An operation's input from a request's body, decoded, not yet validated. Throws SerializationException. */
export function readInput(model: ServiceModel, operation: string, body: Uint8Array): Structure {
  return isQuery(model)
    ? decodeQueryInput(model, operation, parseQueryRequest(body))
    : decodeInput(model, operation, parseJson(body))
}

/** A success. `requestId` is part of the body in the query protocol. */
export function writeOutput(model: ServiceModel, operation: string, output: unknown, requestId: string): EncodedAnswer {
  const body = isQuery(model)
    ? encodeQueryOutput(model, operation, output, requestId)
    : outputText(model, operation, output)
  return { status: 200, headers: [contentType(model)], body }
}

/** A failure, also one found before it was known which operation was meant. */
export function writeError(model: ServiceModel, error: ServiceError, requestId: string): EncodedAnswer {
  if (isQuery(model)) {
    return { ...encodeQueryError(error, model, requestId), headers: [contentType(model)] }
  }
  const { status, headers, body } = encodeError(error, model)
  return { status, headers: [contentType(model), ...headers], body: JSON.stringify(body) }
}

function isQuery(model: ServiceModel): boolean {
  return model.metadata.protocol === 'query'
}

function contentType(model: ServiceModel): readonly [string, string] {
  return ['Content-Type', isQuery(model) ? 'text/xml' : `application/x-amz-json-${model.metadata.jsonVersion}`]
}
