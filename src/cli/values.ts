/**
 * The values that travel between input, wire and output. They keep what the AWS CLI's own values (Python's) keep and
 * JavaScript's plain JSON does not: the order of every key, integers of any size, and the difference of 1 and 1.0.
 * A mapping is always a Map, so that no key (`__proto__`, `1`) is special.
 */
export type Value = null | boolean | string | number | bigint | Float | Bytes | Epoch | Value[] | ValueMap
export type ValueMap = Map<string, Value>

/** A mapping read from an option's JSON: messages show it as Python's OrderedDict. */
export class OrderedMap extends Map<string, Value> {}

/** A floating point number; a plain JavaScript number is an integer. */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** Bytes that came from `fileb://` or from a base64 argument. */
export class Bytes {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** The time in a sample answer: Python's datetime, which each output format writes in its own way. */
export class Epoch {
  readonly iso = '1970-01-01T00:00:00'
  /** `str(value)`. */
  readonly text = '1970-01-01 00:00:00'
}

/** The integer of a run of digits: a number when it is exact as one, else a bigint. */
export function integer(digits: string): number | bigint {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? (Object.is(number, -0) ? 0 : number) : BigInt(digits)
}

/** A plain JavaScript value (of JSON, YAML or a decoded XML answer) in our form. Whole numbers become integers. */
export function fromPlain(plain: unknown): Value {
  if (plain === null || plain === undefined) return null
  if (typeof plain === 'number') return Number.isInteger(plain) ? integerOf(plain) : new Float(plain)
  if (typeof plain === 'string' || typeof plain === 'boolean' || typeof plain === 'bigint') return plain
  if (plain instanceof Float || plain instanceof Bytes) return plain
  if (plain instanceof Uint8Array) return new Bytes(plain)
  if (Array.isArray(plain)) return plain.map(fromPlain)
  const entries = plain instanceof Map ? [...plain] : Object.entries(plain)
  return new Map(entries.map(([key, value]) => [String(key), fromPlain(value)]))
}

function integerOf(whole: number): number | bigint {
  return Number.isSafeInteger(whole) ? whole : BigInt(whole)
}

/** The other way: null-prototype objects and plain numbers, as the protocol's encoder takes them. */
export function toPlain(value: Value): unknown {
  if (value instanceof Float) return value.value
  if (value instanceof Bytes) return value.bytes
  if (value instanceof Epoch) return value.iso
  if (Array.isArray(value)) return value.map(toPlain)
  if (value instanceof Map) {
    const plain = Object.create(null)
    for (const [key, member] of value) plain[key] = toPlain(member)
    return plain
  }
  return value
}

export function isInteger(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** `repr(float)`: the shortest digits, with an exponent below 1e-4 and from 1e16, and always a point or an exponent. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
    return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
  }
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

/** `str(value)` as Python prints it, e.g. in text output and in messages. */
export function pythonString(value: Value): string {
  return typeof value === 'string' ? value : pythonRepr(value)
}

/** `repr(value)`: how a value looks inside a message, e.g. `{'b': ['c']}`. */
export function pythonRepr(value: Value): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return stringRepr(value)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Float) return floatRepr(value.value)
  if (value instanceof Bytes) return bytesRepr(value.bytes)
  if (value instanceof Epoch) return value.text
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`
  if (value instanceof OrderedMap) {
    const pairs = [...value].map(([key, member]) => `(${stringRepr(key)}, ${pythonRepr(member)})`)
    return pairs.length === 0 ? 'OrderedDict()' : `OrderedDict([${pairs.join(', ')}])`
  }
  return `{${[...value].map(([key, member]) => `${stringRepr(key)}: ${pythonRepr(member)}`).join(', ')}}`
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])
// What Python does not call printable: separators but the space, controls, unassigned and private code points.
const NOT_PRINTABLE = /^[\p{Z}\p{C}]$/u

/** Python's repr of a string: single quotes unless only those occur inside. */
export function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let out = quote
  for (const char of text) {
    if (char === quote) out += `\\${char}`
    else if (ESCAPES.has(char)) out += ESCAPES.get(char)
    else if (char !== ' ' && NOT_PRINTABLE.test(char)) out += escapeCodePoint(char.codePointAt(0)!)
    else out += char
  }
  return out + quote
}

function escapeCodePoint(code: number): string {
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}

function bytesRepr(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes)
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let out = `b${quote}`
  for (const byte of bytes) {
    const char = String.fromCharCode(byte)
    if (char === quote) out += `\\${char}`
    else if (ESCAPES.has(char)) out += ESCAPES.get(char)
    else if (byte < 0x20 || byte > 0x7e) out += `\\x${byte.toString(16).padStart(2, '0')}`
    else out += char
  }
  return out + quote
}

/** `type(value)` as Python prints it, e.g. `<class 'int'>`. */
export function pythonType(value: Value): string {
  if (value === null) return "<class 'NoneType'>"
  if (typeof value === 'boolean') return "<class 'bool'>"
  if (typeof value === 'string') return "<class 'str'>"
  if (typeof value === 'number' || typeof value === 'bigint') return "<class 'int'>"
  if (value instanceof Float) return "<class 'float'>"
  if (value instanceof Bytes) return "<class 'bytes'>"
  if (value instanceof Epoch) return "<class 'datetime.datetime'>"
  if (value instanceof OrderedMap) return "<class 'collections.OrderedDict'>"
  return Array.isArray(value) ? "<class 'list'>" : "<class 'dict'>"
}

// What Python calls blank. JavaScript's trim also takes the byte order mark, and leaves \x1c to \x1f and \x85.
const BLANK = '\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
const LEADING = new RegExp(`^[${BLANK}]+`)
const TRAILING = new RegExp(`[${BLANK}]+$`)

/** Python's `str.lstrip`. */
export function stripStart(text: string): string {
  return text.replace(LEADING, '')
}

/** Python's `str.rstrip`. */
export function stripEnd(text: string): string {
  return text.replace(TRAILING, '')
}

/** Python's `str.strip`. */
export function strip(text: string): string {
  return stripEnd(stripStart(text))
}

/** Python's `int(text)`, or undefined: optional sign, digits, single underscores between digits, blanks around. */
export function parseInteger(text: string): number | bigint | undefined {
  const trimmed = strip(text)
  return /^[+-]?\d+(?:_\d+)*$/.test(trimmed) ? integer(trimmed.replace(/^\+/, '').replaceAll('_', '')) : undefined
}

/** Python's `float(text)`, or undefined. */
export function parseFloatNumber(text: string): number | undefined {
  const trimmed = strip(text)
  if (/^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/.test(trimmed)) {
    return Number(trimmed.replaceAll('_', ''))
  }
  const special = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i.exec(trimmed)
  if (!special) return undefined
  return special[2] === undefined ? Number.NaN : special[1] === '-' ? -Infinity : Infinity
}

/** Order of strings by code point, as Python's `sorted` has it (JavaScript's `<` goes by UTF-16 unit). */
export function compareStrings(a: string, b: string): number {
  const limit = Math.min(a.length, b.length)
  for (let i = 0; i < limit; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xHigh = x >= 0xd800 && x <= 0xdfff
    const yHigh = y >= 0xd800 && y <= 0xdfff
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1
  }
  return a.length - b.length
}
