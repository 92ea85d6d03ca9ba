import { Bytes, Epoch, Float, floatRepr, integer, OrderedMap, type Value, type ValueMap } from './values.ts'

/**
 * A JSON text that CPython's `json.loads` refuses. The message is CPython's own, with its position:
 * `Expecting ',' delimiter: line 1 column 10 (char 9)`.
 */
export class JsonError extends Error {
  /** The message without its position, e.g. `Expecting value`. */
  readonly reason: string
  /** Offset in code points. */
  readonly position: number

  constructor(reason: string, text: string, index: number) {
    const before = text.slice(0, index)
    const lastNewline = before.lastIndexOf('\n')
    const line = before.split('\n').length
    const column = [...before.slice(lastNewline + 1)].length + 1
    const position = [...before].length
    super(`${reason}: line ${line} column ${column} (char ${position})`)
    this.reason = reason
    this.position = position
  }
}

// Python's recursion limit ends a parse at about this depth; ours ends it with an error instead of a stack overflow.
const MAX_DEPTH = 900
const NUMBER = /(-?(?:0|[1-9]\d*))(\.\d+)?([eE][-+]?\d+)?/y
const BLANKS = /[ \t\n\r]*/y
const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/** Parse JSON as CPython's `json.loads` does: NaN and Infinity are taken, the last of a repeated key wins. */
export function parseJson(text: string, options: { readonly ordered?: boolean } = {}): Value {
  if (text.startsWith('\ufeff')) throw new JsonError('Unexpected UTF-8 BOM (decode using utf-8-sig)', text, 0)
  let at = skip(0)
  const value = parseValue(0)
  at = skip(at)
  if (at !== text.length) throw new JsonError('Extra data', text, at)
  return value

  function skip(from: number): number {
    BLANKS.lastIndex = from
    BLANKS.exec(text)
    return BLANKS.lastIndex
  }

  function parseValue(depth: number): Value {
    if (depth > MAX_DEPTH) throw new JsonError('Too deeply nested', text, at)
    const char = text[at]
    if (char === '"') {
      at += 1
      return parseString()
    }
    if (char === '{') return parseObject(depth)
    if (char === '[') return parseArray(depth)
    for (const [word, value] of WORDS) {
      if (text.startsWith(word, at)) {
        at += word.length
        return value
      }
    }
    NUMBER.lastIndex = at
    const match = NUMBER.exec(text)
    if (!match) throw new JsonError('Expecting value', text, at)
    at = NUMBER.lastIndex
    const [whole, digits, fraction, exponent] = match
    return fraction === undefined && exponent === undefined ? integer(digits!) : new Float(Number(whole))
  }

  function parseObject(depth: number): ValueMap {
    const map: ValueMap = options.ordered ? new OrderedMap() : new Map()
    at = skip(at + 1)
    if (text[at] === '}') {
      at += 1
      return map
    }
    if (text[at] !== '"') throw new JsonError('Expecting property name enclosed in double quotes', text, at)
    for (;;) {
      at += 1
      const key = parseString()
      at = skip(at)
      if (text[at] !== ':') throw new JsonError("Expecting ':' delimiter", text, at)
      at = skip(at + 1)
      map.set(key, parseValue(depth + 1))
      at = skip(at)
      if (text[at] === '}') {
        at += 1
        return map
      }
      if (text[at] !== ',') throw new JsonError("Expecting ',' delimiter", text, at)
      at = skip(at + 1)
      if (text[at] !== '"') throw new JsonError('Expecting property name enclosed in double quotes', text, at)
    }
  }

  function parseArray(depth: number): Value[] {
    const list: Value[] = []
    at = skip(at + 1)
    if (text[at] === ']') {
      at += 1
      return list
    }
    for (;;) {
      list.push(parseValue(depth + 1))
      at = skip(at)
      if (text[at] === ']') {
        at += 1
        return list
      }
      if (text[at] !== ',') throw new JsonError("Expecting ',' delimiter", text, at)
      at = skip(at + 1)
    }
  }

  function parseString(): string {
    const begin = at - 1
    let out = ''
    for (;;) {
      const start = at
      while (at < text.length && text[at] !== '"' && text[at] !== '\\' && text.charCodeAt(at) >= 0x20) at += 1
      out += text.slice(start, at)
      if (at >= text.length) throw new JsonError('Unterminated string starting at', text, begin)
      const char = text[at]
      if (char === '"') {
        at += 1
        return out
      }
      if (char !== '\\') throw new JsonError('Invalid control character at', text, at)
      const escaped = text[at + 1]
      if (escaped === undefined) throw new JsonError('Unterminated string starting at', text, begin)
      if (escaped === 'u') {
        const digits = text.slice(at + 2, at + 6)
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new JsonError('Invalid \\uXXXX escape', text, at + 1)
        out += String.fromCharCode(Number.parseInt(digits, 16))
        at += 6
        continue
      }
      const simple = SIMPLE_ESCAPES.get(escaped)
      if (simple === undefined) throw new JsonError('Invalid \\escape', text, at)
      out += simple
      at += 2
    }
  }
}

const WORDS: readonly (readonly [string, Value])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', new Float(Number.NaN)],
  ['Infinity', new Float(Infinity)],
  ['-Infinity', new Float(-Infinity)],
]

export interface JsonStyle {
  /** Blanks per level; without it everything is on one line. */
  readonly indent?: number
  /** Escape everything beyond ASCII. */
  readonly ascii?: boolean
  /** Between the parts of one line; Python's own are `, ` and `: `. */
  readonly itemSeparator?: string
  readonly keySeparator?: string
}

/** Print JSON as CPython's `json.dumps` does. */
export function printJson(value: Value, style: JsonStyle = {}): string {
  const itemSeparator = style.itemSeparator ?? (style.indent === undefined ? ', ' : ',')
  const keySeparator = style.keySeparator ?? ': '
  return print(value, 0)

  function print(item: Value, depth: number): string {
    if (item === null) return 'null'
    if (typeof item === 'boolean' || typeof item === 'number' || typeof item === 'bigint') return String(item)
    if (typeof item === 'string') return quote(item, style.ascii ?? false)
    if (item instanceof Float) return printFloat(item.value)
    if (item instanceof Bytes) return quote(Buffer.from(item.bytes).toString('base64'), false)
    if (item instanceof Epoch) return quote(item.iso, false)
    if (Array.isArray(item)) return group('[', ']', item.length, i => print(item[i]!, depth + 1), depth)
    const entries = [...item]
    return group(
      '{',
      '}',
      entries.length,
      i => quote(entries[i]![0], style.ascii ?? false) + keySeparator + print(entries[i]![1], depth + 1),
      depth,
    )
  }

  function group(open: string, close: string, length: number, part: (i: number) => string, depth: number): string {
    if (length === 0) return open + close
    const parts = Array.from({ length }, (_, i) => part(i))
    if (style.indent === undefined) return open + parts.join(itemSeparator) + close
    const inner = `\n${' '.repeat(style.indent * (depth + 1))}`
    return `${open}${inner}${parts.join(itemSeparator + inner)}\n${' '.repeat(style.indent * depth)}${close}`
  }
}

function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  return floatRepr(value)
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\b', '\\b'],
  ['\f', '\\f'],
])

function quote(text: string, ascii: boolean): string {
  const special = ascii ? /["\\\x00-\x1f]|[^\x20-\x7e]/g : /["\\\x00-\x1f]/g
  return `"${text.replace(special, char => SHORT.get(char) ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`
}
