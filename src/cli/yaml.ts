import { printJson } from './json.ts'
import { compareStrings, Epoch, Float, floatRepr, type Value } from './values.ts'

/**
 * YAML as the AWS CLI prints it: ruamel's safe dumper on libyaml, block style, sorted keys, lines folded at 80 columns,
 * plain, single-quoted or double-quoted by YAML 1.2's rules. Seen on AWS CLI 2.36.7; no npm library makes its choices.
 */
export function printYaml(value: Value): string {
  return block(value, 0, false, new Anchors(value))
}

/**
 * A list or mapping that occurs twice, which --query can bring about, is printed once: `&id001` names it there, `*id001`
 * stands for it afterwards. Names count in the order of second occurrences.
 */
class Anchors {
  readonly #names = new Map<Value, string>()
  readonly #printed = new Set<Value>()

  constructor(root: Value) {
    const seen = new Set<Value>()
    const visit = (value: Value): void => {
      if (!isCollection(value)) return
      if (!seen.has(value)) {
        seen.add(value)
        if (value instanceof Map) for (const key of sortedKeys(value)) visit(value.get(key)!)
        else if (Array.isArray(value)) value.forEach(visit)
      } else if (!this.#names.has(value)) {
        this.#names.set(value, `id${String(this.#names.size + 1).padStart(3, '0')}`)
      }
    }
    visit(root)
  }

  /** What to print in place of a value, if it was printed before; else what to print before it, if anything. */
  meet(value: Value): { readonly alias?: string; readonly anchor?: string } {
    const name = this.#names.get(value)
    if (name === undefined) return {}
    if (this.#printed.has(value)) return { alias: `*${name}` }
    this.#printed.add(value)
    return { anchor: `&${name}` }
  }
}

function sortedKeys(value: ReadonlyMap<string, Value>): string[] {
  return [...value.keys()].sort(compareStrings)
}

const WIDTH = 80
/** libyaml's. */
const MAX_SIMPLE_KEY_BYTES = 128

/** A value that starts on the current line (`inline`: after `- ` or `key:`), ending with a newline. */
function block(value: Value, indent: number, inSequence: boolean, anchors: Anchors): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]\n'
    return value.map(item => `${pad(indent)}- ${nested(item, indent + 2, anchors)}`).join('')
  }
  if (value instanceof Map) {
    if (value.size === 0) return '{}\n'
    return sortedKeys(value)
      .map(
        (key, index) => (inSequence && index === 0 ? '' : pad(indent)) + entry(key, value.get(key)!, indent, anchors),
      )
      .join('')
  }
  return `${scalar(value, indent, indent)}\n`
}

/** A key with its value. One that is long or has line breaks gets a line of its own, after a question mark. */
function entry(key: string, value: Value, indent: number, anchors: Anchors): string {
  if (Buffer.byteLength(key) <= MAX_SIMPLE_KEY_BYTES && !/[\n\r\u0085\u2028\u2029]/.test(key)) {
    const shown = scalar(key, indent, indent, true)
    return shown + member(value, indent, indent + [...shown].length + 2, anchors)
  }
  const shown = scalar(key, indent + 2, indent + 2)
  return `? ${shown}\n${pad(indent)}: ${nested(value, indent + 2, anchors)}`
}

/** A sequence's item: its first line goes on after the dash, unless an anchor stands there. */
function nested(item: Value, indent: number, anchors: Anchors): string {
  const { alias, anchor } = anchors.meet(item)
  if (alias !== undefined) return `${alias}\n`
  if (!isCollection(item)) return `${scalar(item, indent, indent)}\n`
  if (isEmpty(item)) return `${anchor ? `${anchor} ` : ''}${empty(item)}\n`
  if (anchor !== undefined) return `${anchor}\n${block(item, indent, false, anchors)}`
  return Array.isArray(item) ? block(item, indent, false, anchors).slice(indent) : block(item, indent, true, anchors)
}

function member(value: Value, indent: number, column: number, anchors: Anchors): string {
  const { alias, anchor } = anchors.meet(value)
  if (alias !== undefined) return `: ${alias}\n`
  if (!isCollection(value)) return `: ${scalar(value, indent + 2, column)}\n`
  const mark = anchor === undefined ? ':' : `: ${anchor}`
  if (isEmpty(value)) return `${mark} ${empty(value)}\n`
  return `${mark}\n${block(value, Array.isArray(value) ? indent : indent + 2, false, anchors)}`
}

function isCollection(value: Value): boolean {
  return Array.isArray(value) || value instanceof Map
}

function isEmpty(value: Value): boolean {
  return Array.isArray(value) ? value.length === 0 : value instanceof Map && value.size === 0
}

function empty(value: Value): string {
  return Array.isArray(value) ? '[]' : '{}'
}

function pad(indent: number): string {
  return ' '.repeat(indent)
}

/** One scalar, from `column` on; further lines start at `indent`. */
function scalar(value: Value, indent: number, column: number, isKey = false): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return text(value, indent, column, isKey)
  if (value instanceof Float) return floatText(value.value)
  if (value instanceof Epoch) return value.text
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  return printJson(value)
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  return floatRepr(value)
}

// Plain texts that YAML 1.2 would read as something else than a text.
const NOT_TEXT: readonly RegExp[] = [
  /^(?:|~|null|Null|NULL|true|True|TRUE|false|False|FALSE)$/,
  /^[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/,
  /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9_]+(?:[eE][-+][0-9]+)?)$/,
  /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^\d{4}-\d\d-\d\d$/,
  /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/,
  /^[=&!*]$|^<<$/,
]

function text(value: string, indent: number, column: number, isKey: boolean): string {
  const style = styleOf(value)
  const width = isKey ? Number.POSITIVE_INFINITY : WIDTH
  if (style === 'plain')
    return NOT_TEXT.some(form => form.test(value))
      ? single(value, indent, column, width)
      : plain(value, indent, column, width)
  return style === 'single' ? single(value, indent, column, width) : double(value, indent, column, width)
}

/** The least quoting libyaml allows: plain, single quotes, or double quotes for what needs escapes. */
function styleOf(value: string): 'plain' | 'single' | 'double' {
  const chars = [...value]
  if (chars.length === 0) return 'single'
  let needsQuotes = value.startsWith('---') || value.startsWith('...')
  let special = false
  let lineBreaks = false
  let breakSpace = false
  let spaceBreak = false
  let previous = ''
  chars.forEach((char, index) => {
    const followedByBlank = index === chars.length - 1 || /[ \t\n\r\u0085\u2028\u2029]/.test(chars[index + 1]!)
    const precededByBlank = index === 0 || /[ \t\n\r\u0085\u2028\u2029]/.test(chars[index - 1]!)
    if (index === 0) {
      if (/[#,[\]{}&*!|>'"%@`]/.test(char)) needsQuotes = true
      if (/[?:-]/.test(char) && followedByBlank) needsQuotes = true
    } else {
      if (char === ':' && followedByBlank) needsQuotes = true
      if (char === '#' && precededByBlank) needsQuotes = true
    }
    if (!isPrintable(char)) special = true
    if (/[\n\r\u0085\u2028\u2029]/.test(char)) lineBreaks = true
    if (char === ' ') {
      if (index === 0 || index === chars.length - 1) needsQuotes = true
      if (isBreak(previous)) breakSpace = true
    } else if (isBreak(char)) {
      if (index === 0 || index === chars.length - 1) needsQuotes = true
      if (previous === ' ') spaceBreak = true
    }
    previous = char
  })
  const startsBlank = chars[0] === ' '
  if (spaceBreak || breakSpace || special) return 'double'
  if (lineBreaks || needsQuotes || startsBlank) return 'single'
  return 'plain'
}

function isBreak(char: string): boolean {
  return char !== '' && /[\n\r\u0085\u2028\u2029]/.test(char)
}

/** What libyaml prints as it is; astral characters, tabs and the byte order mark are escaped. */
function isPrintable(char: string): boolean {
  const code = char.codePointAt(0)!
  if (code === 0x0a) return true
  if (code >= 0x20 && code <= 0x7e) return true
  return ((code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd)) && code !== 0xfeff
}

/** Fold at blanks once the line is beyond its width; a blank that is doubled or last is never a fold. */
function plain(value: string, indent: number, column: number, width: number): string {
  return fold(value, indent, column, width, char => char)
}

function single(value: string, indent: number, column: number, width: number): string {
  return `'${fold(value, indent, column + 1, width, char => (char === "'" ? "''" : char))}'`
}

function fold(value: string, indent: number, from: number, width: number, show: (char: string) => string): string {
  const chars = [...value]
  let out = ''
  let column = from
  let previousBlank = false
  let previousBreak = false
  chars.forEach((char, index) => {
    if (char === ' ') {
      const foldable =
        !previousBlank && column > width && index > 0 && index < chars.length - 1 && chars[index + 1] !== ' '
      if (foldable) {
        out += `\n${pad(indent)}`
        column = indent
      } else {
        out += char
        column += 1
      }
      previousBlank = true
      return
    }
    if (isBreak(char)) {
      // One newline alone would be folded away, so the first of a run is written twice.
      if (!previousBreak && char === '\n') out += '\n'
      out += char
      column = 0
      previousBreak = true
      previousBlank = false
      return
    }
    if (previousBreak) {
      out += pad(indent)
      column = indent
    }
    const shown = show(char)
    out += shown
    column += shown.length
    previousBlank = false
    previousBreak = false
  })
  // A break at the end leaves the closing quote on a line of its own.
  return previousBreak ? `${out}${pad(indent)}` : out
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\x1b', '\\e'],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\u0085', '\\N'],
  ['\u00a0', '\\_'],
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
])

function double(value: string, indent: number, from: number, width: number): string {
  const chars = [...value]
  let out = '"'
  let column = from + 1
  let previousBlank = false
  chars.forEach((char, index) => {
    if (char === '"' || char === '\\' || !isPrintable(char) || isBreak(char) || char === '\ufeff') {
      const shown = ESCAPES.get(char) ?? escaped(char.codePointAt(0)!)
      out += shown
      column += shown.length
      previousBlank = false
    } else if (char === ' ') {
      if (!previousBlank && column > width && index > 0 && index < chars.length - 1) {
        out += `\n${pad(indent)}`
        column = indent
        // A blank that would be lost at the start of a line is kept by a backslash.
        if (chars[index + 1] === ' ') {
          out += '\\'
          column += 1
        }
      } else {
        out += char
        column += 1
      }
      previousBlank = true
    } else {
      out += char
      column += 1
      previousBlank = false
    }
  })
  return `${out}"`
}

function escaped(code: number): string {
  if (code <= 0xff) return `\\x${hex(code, 2)}`
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, '0')
}
