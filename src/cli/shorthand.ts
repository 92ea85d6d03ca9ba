import type { Shape, ShapeRef } from '../model/service-model.ts'
import {
  type Bytes,
  Float,
  parseFloatNumber,
  parseInteger,
  stringRepr,
  stripEnd,
  type Value,
  type ValueMap,
} from './values.ts'

/**
 * The AWS CLI's shorthand syntax: `Key=a,Value=1`, `A=1,2,B=[3,4]`, `A={b=c}`, `A@=file://f`.
 * Source: AWS CLI user guide, "Using shorthand syntax", and its published grammar; error texts as 2.36.7 prints them.
 */
export class ShorthandError extends Error {}

/** Loads `file://` and `fileb://` for `key@=`; undefined when the text names no file. */
export type LoadParameterFile = (text: string) => string | Bytes | undefined

const ESCAPED_COMMA = '\\\\,'
// Written with \u{...} ranges ending at U+FFFF: code points above are outside the unquoted classes, as in Python.
const START = '!#-&(-+\\--<>-Z\\\\-z|-\\uffff'
const FIRST_FOLLOW = '\\s!#-&(-+\\--\\\\^-|~-\\uffff'
const SECOND_FOLLOW = '\\s!#-&(-+\\--<>-\\uffff'
const FIRST_VALUE = new RegExp(`(?:${ESCAPED_COMMA}|[${START}])(?:${ESCAPED_COMMA}|[${FIRST_FOLLOW}])*`, 'uy')
const SECOND_VALUE = new RegExp(`(?:${ESCAPED_COMMA}|[${START}])(?:${ESCAPED_COMMA}|[${SECOND_FOLLOW}])*`, 'uy')
const SINGLE_QUOTED = /'(?:\\'|[^'])*'/uy
const DOUBLE_QUOTED = /"(?:\\"|[^"])*"/uy
const KEY = /[A-Za-z0-9\-_.#/:]*/y
const BLANK = /[ \t\n\r\v\f]/

/** Parse one shorthand text. The result is not yet fitted to a model: scalars are strings. */
export function parseShorthand(text: string, loadFile: LoadParameterFile): ValueMap {
  let at = 0
  let resolvesFiles = false

  const parameters: ValueMap = new Map()
  const [firstKey, firstValue] = keyAndValue()
  parameters.set(firstKey, firstValue)
  let lastIndex = at
  while (at < text.length) {
    expect(',', true)
    const [key, value] = keyAndValue()
    if (parameters.has(key)) throw duplicate(key, lastIndex + 1)
    parameters.set(key, value)
    lastIndex = at
  }
  return parameters

  function keyAndValue(): [string, Value] {
    const key = parseKey()
    assignment()
    return [key, values()]
  }

  function parseKey(): string {
    KEY.lastIndex = at
    const key = KEY.exec(text)![0]
    at += key.length
    return key
  }

  /** `=` or, when the value names a file, `@=`. */
  function assignment(): void {
    skipBlanks()
    resolvesFiles = text[at] === '@'
    if (resolvesFiles) expect('@', true)
    expect('=', true)
  }

  function values(): Value {
    if (at >= text.length) return ''
    if (text[at] === '[') return explicitList()
    if (text[at] === '{') return hash()
    return commaSeparated()
  }

  function commaSeparated(): Value {
    const first = firstOfList()
    skipBlanks()
    if (text[at] !== ',') return first
    expect(',', true)
    const list: Value[] = [first]
    for (;;) {
      try {
        const current = furtherOfList()
        skipBlanks()
        if (at >= text.length) {
          list.push(current)
          break
        }
        expect(',', true)
        list.push(current)
      } catch (error) {
        if (!(error instanceof ShorthandError) || at >= text.length) throw error
        // What follows the comma is the next key, not a further value: go back to the comma.
        while (at >= 0 && text[at] !== ',') at -= 1
        break
      }
    }
    return list.length === 1 ? first : list
  }

  function firstOfList(): Value {
    if (text[at] === "'") return quoted(SINGLE_QUOTED, "'", 'singled quoted')
    if (text[at] === '"') return quoted(DOUBLE_QUOTED, '"', 'double quoted')
    const matched = match(FIRST_VALUE)
    return matched === undefined ? '' : resolve(unescapeCommas(matched))
  }

  function furtherOfList(): Value {
    if (text[at] === "'") return quoted(SINGLE_QUOTED, "'", 'singled quoted')
    if (text[at] === '"') return quoted(DOUBLE_QUOTED, '"', 'double quoted')
    return resolve(unescapeCommas(mustMatch(SECOND_VALUE, 'second')))
  }

  function explicitList(): Value[] {
    expect('[', true)
    const list: Value[] = []
    while (text[at] !== ']') {
      list.push(explicitValue())
      separator(']')
    }
    expect(']')
    return list
  }

  function explicitValue(): Value {
    if (text[at] === '[') return explicitList()
    if (text[at] === '{') return hash()
    return firstOfList()
  }

  function hash(): ValueMap {
    expect('{', true)
    const map: ValueMap = new Map()
    while (text[at] !== '}') {
      const key = parseKey()
      assignment()
      const value = explicitValue()
      separator('}')
      map.set(key, value)
    }
    expect('}')
    return map
  }

  function separator(end: string): void {
    skipBlanks()
    if (text[at] === end) return
    expect(',')
    skipBlanks()
  }

  function quoted(pattern: RegExp, quote: string, name: string): Value {
    const matched = mustMatch(pattern, name)
    return resolve(matched.slice(1, -1).replaceAll(`\\${quote}`, quote).replaceAll('\\\\', '\\'))
  }

  function resolve(value: string): Value {
    return (resolvesFiles ? loadFile(value) : undefined) ?? value
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at
    const matched = pattern.exec(text)?.[0]
    at += matched?.length ?? 0
    return matched
  }

  function mustMatch(pattern: RegExp, name: string): string {
    const matched = match(pattern)
    if (matched === undefined) throw syntaxError(`<${name}>`, '<none>')
    return matched
  }

  function expect(char: string, withBlanks = false): void {
    if (withBlanks) skipBlanks()
    if (at >= text.length) throw syntaxError(char, 'EOF')
    if (text[at] !== char) throw syntaxError(char, String.fromCodePoint(text.codePointAt(at)!))
    at += 1
    if (withBlanks) skipBlanks()
  }

  function skipBlanks(): void {
    while (at < text.length && BLANK.test(text[at]!)) at += 1
  }

  function syntaxError(expected: string, received: string): ShorthandError {
    return new ShorthandError(`Expected: '${expected}', received: '${received}' for input:\n ${location(text, at)}`)
  }

  function duplicate(key: string, index: number): ShorthandError {
    return new ShorthandError(
      `Second instance of key "${key}" encountered for input:\n${location(text, index)}\n` +
        'This is often because there is a preceding "," instead of a space.',
    )
  }
}

function unescapeCommas(text: string): string {
  return stripEnd(text.replaceAll('\\,', ','))
}

/** The input with a caret under the offending character, on the caret's line. */
function location(text: string, index: number): string {
  const lineStart = text.lastIndexOf('\n', index - 1) + 1
  const lineEnd = text.indexOf('\n', index)
  const consumed = lineEnd < 0 ? text : text.slice(0, lineEnd)
  const remaining = lineEnd < 0 ? '' : text.slice(lineEnd)
  const blanks = [...text.slice(lineStart, index)].length
  return `${consumed}\n${' '.repeat(blanks)}^${remaining}`
}

/** A word of the command line that is no number although the model wants one; Python's text, a general error. */
export class NumberError extends Error {}

/** `int(text)` with Python's error. */
export function integerOrRefuse(text: string): number | bigint {
  const number = parseInteger(text)
  if (number === undefined) throw new NumberError(`invalid literal for int() with base 10: ${stringRepr(text)}`)
  return number
}

/** `float(text)` with Python's error. */
export function floatOrRefuse(text: string): Float {
  const number = parseFloatNumber(text)
  if (number === undefined) throw new NumberError(`could not convert string to float: ${stringRepr(text)}`)
  return new Float(number)
}

type Shapes = Readonly<Record<string, Shape>>

/**
 * Fit a parsed value to its model in place and return it: a scalar where a list is modelled is wrapped, the text of a
 * number or a boolean becomes one. What does not fit is left for validation to refuse.
 */
export function fitToModel(value: Value, ref: ShapeRef, shapes: Shapes): Value {
  const shape = shapes[ref.shape]!
  if (shape.type === 'structure') {
    if (!(value instanceof Map)) return value
    for (const [name, member] of Object.entries(shape.members)) {
      if (value.has(name)) value.set(name, fitToModel(value.get(name)!, member, shapes))
    }
    return value
  }
  if (shape.type === 'list') {
    return Array.isArray(value) ? value.map(element => fitToModel(element, shape.member, shapes)) : [value]
  }
  if (shape.type === 'map') {
    if (value instanceof Map) for (const [key, member] of value) value.set(key, fitToModel(member, shape.value, shapes))
    return value
  }
  if (typeof value !== 'string') return value
  if (shape.type === 'integer' || shape.type === 'long') return integerOrRefuse(value)
  if (shape.type === 'float' || shape.type === 'double') return floatOrRefuse(value)
  if (shape.type === 'boolean') {
    const lower = value.toLowerCase()
    return lower === 'true' ? true : lower === 'false' ? false : value
  }
  return value
}
