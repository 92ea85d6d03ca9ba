import type {
  ListShape,
  MapShape,
  ScalarShape,
  ServiceModel,
  ShapeRef,
  StructureShape,
} from '../model/service-model.ts'
import { SerializationException, type ServiceError } from './errors.ts'
import { decodeBase64, parseEpochSeconds, parseIsoTimestamp, storableText } from './scalars.ts'
import { errorShape, inputShape, isEmptyValue, isObject, membersOf, shapeOf } from './shapes.ts'

/** An operation's input or a structure within it: the model's members, those that were given. */
export type Structure = Record<string, unknown>

const START_OF_LIST = 'Start of list found where not expected'
const START_OF_STRUCTURE = 'Start of structure or map found where not expected.'

/**
 * The input of an operation from parsed JSON: dates for timestamps, bytes for blobs, unknown members left out and null
 * ones absent, as AWS reads them. Maps have no prototype, so a key such as `__proto__` is a key. Types are checked, not
 * constraints: see validateInput. Throws SerializationException in the words of AWS's JSON 1.1 services, and
 * UnknownOperationException.
 */
export function decodeInput(model: ServiceModel, operation: string, value: unknown): Structure {
  const shape = inputShape(model, operation)
  const given = value ?? {}
  if (!isObject(given)) throw new SerializationException(Array.isArray(given) ? START_OF_LIST : 'Expected null')
  return shape === undefined ? {} : decodeStructure(model, shape, given)
}

/** An error's body in the JSON protocols, ready for JSON. */
export interface EncodedError {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Readonly<Record<string, string>>
}

/**
 * An error as the JSON protocols answer it. `__type` is what botocore reads. The text's member is called `message`
 * unless the service's model spells it `Message`, as SSM's does. A service that once spoke the query protocol (SQS) is
 * told the old code, too, in x-amzn-query-error.
 */
export function encodeError(error: ServiceError, model?: ServiceModel): EncodedError {
  const declared = model && errorShape(model, error.code)
  const member = declared && Object.hasOwn(declared.members, 'Message') ? 'Message' : 'message'
  const headers: [string, string][] = []
  if (model && 'awsQueryCompatible' in model.metadata) {
    const code = QUERY_COMPATIBLE_CODES.get(error.code) ?? error.code
    headers.push(['x-amzn-query-error', `${code};${error.status >= 500 ? 'Receiver' : 'Sender'}`])
  }
  return { status: error.status, headers, body: { __type: error.code, [member]: error.message } }
}

/** Codes that SQS had under the query protocol and that differ from the JSON ones. Source: the SDKs' SQS models. */
const QUERY_COMPATIBLE_CODES: ReadonlyMap<string, string> = new Map([
  ['MessageNotInflight', 'AWS.SimpleQueueService.MessageNotInflight'],
  ['QueueDeletedRecently', 'AWS.SimpleQueueService.QueueDeletedRecently'],
  ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
  ['QueueNameExists', 'QueueAlreadyExists'],
  ['UnsupportedOperation', 'AWS.SimpleQueueService.UnsupportedOperation'],
])

function decode(model: ServiceModel, ref: ShapeRef, value: unknown): unknown {
  const shape = shapeOf(model, ref)
  switch (shape.type) {
    case 'structure':
      if (Array.isArray(value)) throw new SerializationException(START_OF_LIST)
      if (!isObject(value)) throw new SerializationException('Expected null')
      return decodeStructure(model, shape, value)
    case 'list':
      return decodeList(model, shape, value)
    case 'map':
      return decodeMap(model, shape, value)
    default:
      return decodeScalar(shape, value)
  }
}

function decodeStructure(model: ServiceModel, shape: StructureShape, value: Record<string, unknown>): Structure {
  const decoded: Structure = {}
  for (const [name, ref] of membersOf(shape)) {
    if (!Object.hasOwn(value, name) || isEmptyValue(value[name])) continue
    decoded[name] = decode(model, ref, value[name])
  }
  return decoded
}

/** A null in a list or a map stays: leaving it out would change what was asked. validateInput refuses it. */
function decodeList(model: ServiceModel, shape: ListShape, value: unknown): unknown[] {
  if (isObject(value)) throw new SerializationException(START_OF_STRUCTURE)
  if (!Array.isArray(value)) throw new SerializationException('Expected list or null')
  return value.map(item => (isEmptyValue(item) ? null : decode(model, shape.member, item)))
}

function decodeMap(model: ServiceModel, shape: MapShape, value: unknown): Structure {
  if (Array.isArray(value)) throw new SerializationException(START_OF_LIST)
  if (!isObject(value)) throw new SerializationException('Expected map or null')
  const decoded: Structure = Object.create(null)
  for (const [key, item] of Object.entries(value)) {
    decoded[storableText(key)] = isEmptyValue(item) ? null : decode(model, shape.value, item)
  }
  return decoded
}

function decodeScalar(shape: ScalarShape, value: unknown): unknown {
  if (Array.isArray(value)) throw new SerializationException(START_OF_LIST)
  if (isObject(value)) throw new SerializationException(START_OF_STRUCTURE)
  const decoded = SCALAR_DECODERS[shape.type](value)
  if (decoded === undefined) {
    throw new SerializationException(`${tokenOf(value)} can not be converted to ${NAMES[shape.type]}`)
  }
  return decoded
}

/** Each answers undefined when the JSON value is not one of the type. */
const SCALAR_DECODERS: Readonly<Record<ScalarShape['type'], (value: unknown) => unknown>> = {
  string: value => (typeof value === 'string' ? storableText(value) : undefined),
  boolean: value => (typeof value === 'boolean' ? value : undefined),
  integer: value => (Number.isInteger(value) && (value as number) === ((value as number) | 0) ? value : undefined),
  long: value => (Number.isSafeInteger(value) ? value : undefined),
  float: value => (Number.isFinite(value) ? value : undefined),
  double: value => (Number.isFinite(value) ? value : undefined),
  timestamp: value =>
    typeof value === 'number'
      ? parseEpochSeconds(value)
      : typeof value === 'string'
        ? parseIsoTimestamp(value)
        : undefined,
  blob: value => (typeof value === 'string' ? decodeBase64(value) : undefined),
}

/** With their articles, as AWS prints them. Seen: `NUMBER_VALUE can not be converted to a String`. */
const NAMES: Readonly<Record<ScalarShape['type'], string>> = {
  string: 'a String',
  boolean: 'a Boolean',
  integer: 'an Integer',
  long: 'a Long',
  float: 'a Float',
  double: 'a Double',
  timestamp: 'a Timestamp',
  blob: 'a Blob',
}

/** The JSON token's name in AWS's texts. */
function tokenOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE'
  return typeof value === 'number' ? 'NUMBER_VALUE' : 'STRING_VALUE'
}
