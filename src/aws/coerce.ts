import type { ServiceModel, ShapeReference } from './model.ts'
import { loose } from './names.ts'

/** Parameters that no coercion makes right; the message names the place and never the value, which may be secret. */
export class InvalidParameter extends Error {}

/**
 * Parameters as documents write them, as the model wants them: names in any case; a scalar for a list of one; "3" for 3;
 * "true" for true; a map for JSON text; dates and bytes from text. References have been put in as text, and a document does
 * not say which type they have.
 */
export function coerceInput(
  model: ServiceModel,
  reference: ShapeReference | undefined,
  parameters: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (!reference) {
    const [name] = Object.keys(parameters)
    if (name !== undefined) throw new InvalidParameter(`Unknown parameter in input: "${name}"; there are none`)
    return {}
  }
  return coerce(model, parameters, reference, '') as Readonly<Record<string, unknown>>
}

function coerce(model: ServiceModel, value: unknown, { shape: name }: ShapeReference, path: string): unknown {
  if (value === undefined || value === null) return undefined
  const shape = model.shapes[name]!
  switch (shape.type) {
    case 'structure':
      return shape.document ? asDocument(value) : structure(model, value, name, path)
    case 'list':
      return listOf(value).map((item, i) => present(coerce(model, item, shape.member!, `${path}[${i}]`), path))
    case 'map':
      return Object.fromEntries(
        Object.entries(asMap(value, path)).flatMap(([key, item]) => {
          const coerced = coerce(model, item, shape.value!, `${path}.${key}`)
          return coerced === undefined ? [] : [[key, coerced]]
        }),
      )
    case 'boolean':
      return asBoolean(value, path)
    case 'integer':
    case 'long':
      return asInteger(value, path)
    case 'float':
    case 'double':
    case 'bigdecimal':
      return asNumber(value, path)
    case 'timestamp':
      return asDate(value, path)
    case 'blob':
      return asBytes(value)
    default:
      return typeof value === 'string' ? value : asText(value)
  }
}

function structure(model: ServiceModel, value: unknown, name: string, path: string): Record<string, unknown> {
  const { members = {}, required = [] } = model.shapes[name]!
  const byLooseName = new Map(Object.keys(members).map(member => [loose(member), member]))
  const prefix = path === '' ? '' : `${path}.`
  const result: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(asMap(value, path))) {
    // The exact name first: a few structures have two members that differ in case alone.
    const member = Object.hasOwn(members, key) ? key : byLooseName.get(loose(key))
    if (member === undefined) {
      const known = Object.keys(members).join(', ')
      throw new InvalidParameter(`Unknown parameter in input: "${prefix}${key}", must be one of: ${known}`)
    }
    const coerced = coerce(model, item, members[member]!, prefix + member)
    if (coerced !== undefined) result[member] = coerced
  }
  for (const member of required) {
    const reference = members[member]!
    const isFilled = reference.idempotencyToken || model.shapes[reference.shape]!.idempotencyToken
    if (result[member] === undefined && !isFilled) {
      throw new InvalidParameter(`Missing required parameter in input: "${prefix}${member}"`)
    }
  }
  return result
}

function asMap(value: unknown, path: string): Readonly<Record<string, unknown>> {
  const map = typeof value === 'string' ? parsed(value) : value
  if (typeof map === 'object' && map !== null && !Array.isArray(map)) return map as Readonly<Record<string, unknown>>
  throw new InvalidParameter(`Invalid type for parameter ${path || 'input'}: a map is needed`)
}

/** A list; from one value, a list of it; from JSON text of a list (a StringList inside other text), that list. */
function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string' && value.trimStart().startsWith('[')) {
    const list = parsed(value)
    if (Array.isArray(list)) return list
  }
  return [value]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function present(value: unknown, path: string): unknown {
  if (value === undefined) throw new InvalidParameter(`Invalid value for parameter ${path}: the list has an empty item`)
  return value
}

function asBoolean(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  throw new InvalidParameter(`Invalid type for parameter ${path}: true or false is needed`)
}

function asNumber(value: unknown, path: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && !Number.isNaN(number)) return number
  throw new InvalidParameter(`Invalid type for parameter ${path}: a number is needed`)
}

function asInteger(value: unknown, path: string): number {
  const number = asNumber(value, path)
  if (!Number.isInteger(number))
    throw new InvalidParameter(`Invalid type for parameter ${path}: a whole number is needed`)
  if (Number.isSafeInteger(number)) return number
  throw new InvalidParameter(`Invalid value for parameter ${path}: numbers beyond 2^53 cannot be sent`)
}

/** Seconds since 1970, or what a date is written as; without a zone it is UTC. */
function asDate(value: unknown, path: string): Date {
  const seconds = typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))
  const hasNoZone = typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(value)
  const date =
    value instanceof Date
      ? value
      : new Date(seconds ? Math.round(Number(value) * 1000) : hasNoZone ? `${value}Z` : String(value))
  if (!Number.isNaN(date.getTime())) return date
  throw new InvalidParameter(`Invalid type for parameter ${path}: a date is needed`)
}

function asBytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(asText(value))
}

/** Text of anything: maps and lists as JSON, which is what members such as PolicyDocument hold. */
function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Free JSON: what cannot be in JSON is written as boto3's users write it. */
function asDocument(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
