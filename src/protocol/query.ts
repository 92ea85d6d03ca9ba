import type {
  ListShape,
  MapShape,
  ScalarShape,
  ServiceModel,
  ShapeRef,
  StructureShape,
} from '../model/service-model.ts'
import type { Structure } from './codec.ts'
import { SerializationException, type ServiceError } from './errors.ts'
import { decodeBase64, parseIsoTimestamp, storableText } from './scalars.ts'
import { errorShape, findOperation, inputShape, isEmptyValue, isObject, outputShape, shapeOf } from './shapes.ts'
import { escapeXml } from './xml.ts'

/** The server's side of AWS's query protocol: a form comes in, XML goes out. STS and IAM speak it. */

/** A parsed form: what is to be done, and the rest of its fields. */
export interface QueryRequest {
  /** Empty when it was not given. */
  readonly action: string
  readonly version: string
  readonly fields: ReadonlyMap<string, string>
}

/** Longest name of a field; the models' longest has some 60 characters. */
const FIELD_NAME_MAX = 512
/** Most fields a form may have: the models' largest input has less than a hundred. */
const FIELDS_MAX = 10_000

/**
 * Parse a form body, or the query of a GET. Throws SerializationException on broken escapes, on text that is not UTF-8
 * and on a field given twice.
 */
export function parseQueryRequest(bytes: Uint8Array): QueryRequest {
  const fields = new Map<string, string>()
  // One character a byte: a byte beyond ASCII is then refused below, as a form's text is escaped.
  for (const part of Buffer.from(bytes).toString('latin1').split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decodeFormText(equals < 0 ? part : part.slice(0, equals))
    if (name.length > FIELD_NAME_MAX) throw new SerializationException('A field has too long a name.')
    if (fields.has(name)) throw new SerializationException(`The field ${name.slice(0, 100)} was given twice.`)
    if (fields.size >= FIELDS_MAX) throw new SerializationException(`There are more than ${FIELDS_MAX} fields.`)
    fields.set(name, equals < 0 ? '' : decodeFormText(part.slice(equals + 1)))
  }
  return { action: fields.get('Action') ?? '', version: fields.get('Version') ?? '', fields }
}

/**
 * The input of an operation from a form's fields, in the same form as the JSON protocols' decodeInput. Unknown fields
 * are ignored. Throws SerializationException where a value is not of its type.
 */
export function decodeQueryInput(model: ServiceModel, operation: string, request: QueryRequest): Structure {
  const shape = inputShape(model, operation)
  return shape === undefined ? {} : decodeStructure(model, shape, fieldTree(request.fields))
}

/** The XML of an answer. */
export function encodeQueryOutput(model: ServiceModel, operation: string, output: unknown, requestId: string): string {
  const wrapper = findOperation(model, operation)?.output?.resultWrapper
  const shape = outputShape(model, operation)
  const members = shape === undefined ? '' : encodeStructure(model, shape, isObject(output) ? output : {})
  const result = wrapper === undefined ? members : `<${wrapper}>${members}</${wrapper}>`
  const metadata = `<ResponseMetadata>${element('RequestId', escapeXml(requestId))}</ResponseMetadata>`
  return document(model, `${operation}Response`, result + metadata)
}

/**
 * An error as the query protocol answers it. A declared error has the code and status of its trait (IAM's
 * NoSuchEntityException is NoSuchEntity, 404); the common ones have names of their own here.
 */
export function encodeQueryError(
  error: ServiceError,
  model: ServiceModel,
  requestId: string,
): { readonly status: number; readonly body: string } {
  const trait = errorShape(model, error.code)?.error
  const common = COMMON_ERRORS[error.code]
  const code = trait?.code ?? common?.[0] ?? error.code
  const status = trait?.httpStatusCode ?? common?.[1] ?? error.status
  const type = element('Type', status < 500 ? 'Sender' : 'Receiver')
  const text = element('Code', escapeXml(code)) + element('Message', escapeXml(error.message))
  return {
    status,
    body: document(
      model,
      'ErrorResponse',
      `<Error>${type}${text}</Error>${element('RequestId', escapeXml(requestId))}`,
    ),
  }
}

/** Names and statuses of the errors every query service may answer. Source: STS and IAM, "Common errors". */
const COMMON_ERRORS: Readonly<Record<string, readonly [code: string, status: number]>> = Object.assign(
  Object.create(null),
  {
    AccessDeniedException: ['AccessDenied', 403],
    RequestEntityTooLargeException: ['RequestEntityTooLarge', 413],
    RequestTimeoutException: ['RequestTimeout', 408],
    SerializationException: ['MalformedInput', 400],
    ThrottlingException: ['Throttling', 400],
    UnknownOperationException: ['InvalidAction', 400],
    ValidationException: ['ValidationError', 400],
  },
)

function decodeFormText(text: string): string {
  try {
    if (/[^\x20-\x7e]/.test(text)) throw new URIError('not escaped')
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new SerializationException('The request is not a well-formed form: its text must be UTF-8, escaped.')
  }
}

/** `Tags.member.1.Key=a` is the value `a` at Tags, member, 1, Key. */
interface Field {
  value?: string
  readonly children: Map<string, Field>
}

function fieldTree(fields: ReadonlyMap<string, string>): Field {
  const root: Field = { children: new Map() }
  for (const [name, value] of fields) {
    let field = root
    for (const part of name.split('.')) {
      let child = field.children.get(part)
      if (child === undefined) {
        child = { children: new Map() }
        field.children.set(part, child)
      }
      field = child
    }
    field.value = value
  }
  return root
}

function decode(model: ServiceModel, ref: ShapeRef, field: Field): unknown {
  const shape = shapeOf(model, ref)
  switch (shape.type) {
    case 'structure':
      return decodeStructure(model, shape, field)
    case 'list':
      return decodeList(model, shape, field)
    case 'map':
      return decodeMap(model, shape, field)
    default:
      return decodeScalar(shape, field)
  }
}

function decodeStructure(model: ServiceModel, shape: StructureShape, field: Field): Structure {
  const decoded: Structure = {}
  for (const [name, ref] of Object.entries(shape.members)) {
    const child = field.children.get(ref.locationName ?? name)
    if (child !== undefined) decoded[name] = decode(model, ref, child)
  }
  return decoded
}

/** `Tags=` is an empty list. */
function decodeList(model: ServiceModel, shape: ListShape, field: Field): unknown[] {
  const items = shape.flattened ? field : field.children.get(shape.member.locationName ?? 'member')
  return items === undefined ? [] : numbered(items).map(item => decode(model, shape.member, item))
}

function decodeMap(model: ServiceModel, shape: MapShape, field: Field): Structure {
  const decoded: Structure = Object.create(null)
  const entries = shape.flattened ? field : field.children.get('entry')
  for (const entry of entries === undefined ? [] : numbered(entries)) {
    const key = entry.children.get(shape.key.locationName ?? 'key')?.value
    const value = entry.children.get(shape.value.locationName ?? 'value')
    if (key === undefined) throw new SerializationException('A map entry has no key.')
    decoded[storableText(key)] = value === undefined ? null : decode(model, shape.value, value)
  }
  return decoded
}

/** The children by their number; gaps are closed. Texts as an IAM-like service gives them. */
function numbered(field: Field): Field[] {
  const items = [...field.children].map(([index, item]) => {
    if (!/^\d{1,9}$/.test(index)) throw new SerializationException('Start of list found where not expected')
    if (/^0/.test(index)) throw new SerializationException(`${index} is not a valid index`)
    return [Number(index), item] as const
  })
  return items.sort(([a], [b]) => a - b).map(([, item]) => item)
}

function decodeScalar(shape: ScalarShape, field: Field): unknown {
  const { value } = field
  if (value === undefined || field.children.size > 0) {
    throw new SerializationException('Start of structure or map found where not expected.')
  }
  const decoded = SCALAR_DECODERS[shape.type](value)
  if (decoded === undefined) {
    throw new SerializationException(`STRING_VALUE can not be converted to a value of type ${shape.type}`)
  }
  return decoded
}

const decodeNumber = (text: string) => (/^[-+]?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined)
const decodeInteger = (text: string) => (/^[-+]?\d{1,15}$/.test(text) ? Number(text) : undefined)

const SCALAR_DECODERS: Readonly<Record<ScalarShape['type'], (text: string) => unknown>> = {
  string: storableText,
  boolean: text => (text === 'true' ? true : text === 'false' ? false : undefined),
  integer: text => {
    const number = decodeInteger(text)
    return number !== undefined && number === (number | 0) ? number : undefined
  },
  long: decodeInteger,
  float: decodeNumber,
  double: decodeNumber,
  timestamp: parseIsoTimestamp,
  blob: decodeBase64,
}

function document(model: ServiceModel, root: string, content: string): string {
  const namespace = model.metadata.xmlNamespace
  return `<${root}${namespace === undefined ? '' : ` xmlns="${escapeXml(namespace)}"`}>${content}</${root}>\n`
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}

function encode(model: ServiceModel, ref: ShapeRef, name: string, value: unknown): string {
  const shape = shapeOf(model, ref)
  switch (shape.type) {
    case 'structure':
      return element(name, encodeStructure(model, shape, value as Structure))
    case 'list': {
      const itemName = shape.flattened ? name : (shape.member.locationName ?? 'member')
      const items = (value as unknown[]).filter(item => !isEmptyValue(item))
      const content = items.map(item => encode(model, shape.member, itemName, item)).join('')
      return shape.flattened ? content : element(name, content)
    }
    case 'map': {
      const entryName = shape.flattened ? name : 'entry'
      const content = Object.entries(value as Structure)
        .filter(([, item]) => !isEmptyValue(item))
        .map(([key, item]) => {
          const keyElement = encode(model, shape.key, shape.key.locationName ?? 'key', key)
          return element(entryName, keyElement + encode(model, shape.value, shape.value.locationName ?? 'value', item))
        })
        .join('')
      return shape.flattened ? content : element(name, content)
    }
    default:
      return element(name, escapeXml(scalarText(value)))
  }
}

function encodeStructure(model: ServiceModel, shape: StructureShape, value: Structure): string {
  return Object.entries(shape.members)
    .filter(([name]) => !isEmptyValue(value[name]))
    .map(([name, ref]) => encode(model, ref, ref.locationName ?? name, value[name]))
    .join('')
}

/** Timestamps in whole seconds where they are whole, as IAM shows them. */
function scalarText(value: unknown): string {
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z')
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value)
}
