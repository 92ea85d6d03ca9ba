import type { ServiceModel, ShapeRef, StructureShape } from '../model/service-model.ts'
import type { EncodedRequest } from './client.ts'
import { epochSeconds, parseIsoTimestamp } from './scalars.ts'
import { inputShape, isEmptyValue, isObject, outputShape, shapeOf } from './shapes.ts'

/** The caller's side of JSON 1.0 and 1.1. */

export function encodeJsonRequest(model: ServiceModel, operation: string, input: unknown): EncodedRequest {
  const shape = inputShape(model, operation)
  const { jsonVersion, targetPrefix } = model.metadata
  const body = shape === undefined || !isObject(input) ? '{}' : encodeStructure(model, shape, input)
  return {
    path: '/',
    headers: [
      ['Content-Type', `application/x-amz-json-${jsonVersion}`],
      ['X-Amz-Target', `${targetPrefix}.${operation}`],
      // Asks a service that once spoke the query protocol for its old error codes, as botocore does.
      ...('awsQueryCompatible' in model.metadata ? [['x-amzn-query-mode', 'true'] as const] : []),
    ],
    body: Buffer.from(body),
  }
}

/**
 * What a service answered: the model's members in the model's order, unknown members and nulls left out. A body that is
 * not JSON is an empty answer, as the AWS CLI takes it. Timestamps stay as they were sent; blobs become bytes.
 *
 * `parse` may be a parser that keeps more than JSON.parse does; objects it gives as Map stay Map where the model has a
 * map, so that their order is kept.
 */
export function decodeJsonAnswer(
  model: ServiceModel,
  operation: string,
  bytes: Uint8Array,
  parse: (text: string) => unknown = JSON.parse,
): Record<string, unknown> {
  const shape = outputShape(model, operation)
  if (shape === undefined || bytes.length === 0) return {}
  let parsed: unknown
  try {
    parsed = parse(new TextDecoder().decode(bytes))
  } catch {
    return {}
  }
  return isObject(parsed) ? decodeStructure(model, shape, parsed) : {}
}

/** JSON text is written here, not by JSON.stringify, which knows no integers beyond 2^53. */
function encode(model: ServiceModel, ref: ShapeRef, value: unknown): string {
  const shape = shapeOf(model, ref)
  if (shape.type === 'structure' && isObject(value)) return encodeStructure(model, shape, value)
  if (shape.type === 'list' && Array.isArray(value)) {
    return `[${value.map(item => (isEmptyValue(item) ? 'null' : encode(model, shape.member, item))).join(',')}]`
  }
  if (shape.type === 'map' && isObject(value)) {
    return object(entriesOf(value).map(([key, item]) => [key, encode(model, shape.value, item)]))
  }
  if (shape.type === 'timestamp') return String(secondsOf(value))
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (typeof value === 'bigint') return String(value)
  const text = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`${typeof value} is not a value of JSON.`)
  return text
}

function encodeStructure(model: ServiceModel, shape: StructureShape, value: object): string {
  const members = Object.entries(shape.members)
    .map(([name, ref]) => [name, ref, memberOf(value, name)] as const)
    .filter(([, , member]) => !isEmptyValue(member))
  return object(members.map(([name, ref, member]) => [name, encode(model, ref, member)]))
}

function object(entries: readonly (readonly [key: string, json: string])[]): string {
  return `{${entries.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`
}

function secondsOf(value: unknown): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  const date = value instanceof Date ? value : parseIsoTimestamp(String(value))
  if (date === undefined) throw new TypeError('A timestamp must be a Date, epoch seconds or ISO 8601 text.')
  return epochSeconds(date)
}

function decode(model: ServiceModel, ref: ShapeRef, value: unknown): unknown {
  const shape = shapeOf(model, ref)
  if (shape.type === 'structure' && isObject(value)) return decodeStructure(model, shape, value)
  if (shape.type === 'list' && Array.isArray(value)) {
    return value.filter(item => !isEmptyValue(item)).map(item => decode(model, shape.member, item))
  }
  if (shape.type === 'map' && isObject(value)) {
    const entries = entriesOf(value)
      .filter(([, item]) => !isEmptyValue(item))
      .map(([key, item]) => [key, decode(model, shape.value, item)] as const)
    return value instanceof Map ? new Map(entries) : withoutPrototype(entries)
  }
  if (shape.type === 'blob' && typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'))
  return value
}

function decodeStructure(model: ServiceModel, shape: StructureShape, value: object): Record<string, unknown> {
  const decoded: Record<string, unknown> = {}
  for (const [name, ref] of Object.entries(shape.members)) {
    const member = memberOf(value, name)
    if (!isEmptyValue(member)) decoded[name] = decode(model, ref, member)
  }
  return decoded
}

function memberOf(value: object, name: string): unknown {
  if (value instanceof Map) return value.get(name)
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}

function entriesOf(value: object): (readonly [string, unknown])[] {
  return value instanceof Map ? [...value] : Object.entries(value)
}

function withoutPrototype(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object = Object.create(null)
  for (const [key, value] of entries) object[key] = value
  return object
}
