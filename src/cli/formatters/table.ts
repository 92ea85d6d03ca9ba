import { CliError } from '../errors.ts'
import { compareStrings, pythonString, type Value, type ValueMap } from '../values.ts'
import { buffered, type Output } from './formatter.ts'
import { displayWidth } from './width.ts'

/**
 * The AWS CLI's boxes: a title per section, columns for lists of mappings, `key | value` rows for single ones, and all
 * of it turned upright when it is wider than the terminal.
 */
export const formatTable = buffered((value, output, options, operation) => {
  const sections: Section[] = []
  if (collect(sections, operation, value, 0)) render(sections, output, options.color, options.terminalWidth)
})

interface Section {
  /** Undefined for a list inside a list, which has no name; its width counts as that of Python's None. */
  readonly title: string | undefined
  readonly indent: number
  headers: readonly string[]
  rows: string[][]
  widths: number[]
  columns: number | undefined
}

function section(sections: Section[], title: string | undefined, indent: number): Section {
  const added: Section = { title, indent, headers: [], rows: [], widths: [], columns: undefined }
  sections.push(added)
  return added
}

function setHeaders(target: Section, headers: readonly string[]): void {
  widen(target, headers)
  target.columns ??= headers.length
  target.headers = headers
}

function addRow(target: Section, row: readonly Value[]): void {
  const texts = row.map(pythonString)
  target.columns ??= texts.length
  if (texts.length !== target.columns) {
    throw new CliError(`Row should have ${target.columns} elements, instead it has ${texts.length}`)
  }
  target.rows.push(texts)
  widen(target, texts)
}

function widen(target: Section, texts: readonly string[]): void {
  texts.forEach((text, i) => {
    target.widths[i] = Math.max(target.widths[i] ?? 0, displayWidth(text))
  })
}

/** Turn a value into sections; false when there is nothing to show. */
function collect(sections: Section[], title: string | undefined, value: Value, indent: number): boolean {
  if (isNothing(value)) return false
  if (title !== undefined) section(sections, title, indent)
  if (Array.isArray(value)) {
    if (value[0] instanceof Map) collectList(sections, value.map(asMapping), indent, title)
    else {
      for (const item of value) {
        if (isScalar(item)) addRow(sections.at(-1)!, [item])
        else if ((Array.isArray(item) ? item : [...(item as ValueMap).keys()]).every(isScalar)) {
          addRow(sections.at(-1)!, Array.isArray(item) ? item : [...(item as ValueMap).keys()])
        } else collect(sections, undefined, item, 0)
      }
    }
  }
  if (value instanceof Map) collectMap(sections, value, indent)
  return true
}

function collectMap(sections: Section[], map: ValueMap, indent: number): void {
  const { headers, more } = split(map)
  const target = sections.at(-1)!
  if (headers.length === 1) addRow(target, [headers[0]!, map.get(headers[0]!)!])
  else if (headers.length > 1) {
    setHeaders(target, headers)
    addRow(
      target,
      headers.map(header => map.get(header)!),
    )
  }
  for (const name of more) collect(sections, name, map.get(name)!, indent + 1)
}

function collectList(sections: Section[], list: readonly ValueMap[], indent: number, title: string | undefined): void {
  const parts = list.map(split)
  const headers = sorted(parts.flatMap(part => part.headers))
  const more = sorted(parts.flatMap(part => part.more))
  setHeaders(sections.at(-1)!, headers)
  list.forEach((item, index) => {
    if (index > 0 && more.length > 0) setHeaders(section(sections, title, indent), headers)
    addRow(
      sections.at(-1)!,
      headers.map(header => (item.has(header) ? item.get(header)! : '')),
    )
    for (const name of more) if (item.has(name)) collect(sections, name, item.get(name)!, indent + 1)
  })
}

/** An element of a list of mappings; an empty list or text counts as an empty one. */
function asMapping(value: Value): ValueMap {
  if (value instanceof Map) return value
  if (isNothing(value) && value !== null) return new Map()
  throw new CliError('A list that mixes mappings and other values cannot be shown as a table')
}

function split(map: ValueMap): { headers: string[]; more: string[] } {
  const keys = [...map.keys()].sort(compareStrings)
  return { headers: keys.filter(key => isScalar(map.get(key)!)), more: keys.filter(key => !isScalar(map.get(key)!)) }
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareStrings)
}

function isScalar(value: Value): boolean {
  return !Array.isArray(value) && !(value instanceof Map)
}

function isNothing(value: Value): boolean {
  if (value === null || value === '' || value === false || value === 0) return true
  return Array.isArray(value) ? value.length === 0 : value instanceof Map && value.size === 0
}

const PADDING = 4

function totalWidth(item: Section): number {
  const columns = item.widths.reduce((total, width) => total + width + PADDING, 0)
  const borders = 2 + item.indent * 2
  return Math.max(displayWidth(item.title ?? 'None') + borders, columns + borders)
}

function render(sections: Section[], output: Output, color: boolean, terminalWidth: number): void {
  let width = Math.max(...sections.map(totalWidth))
  let shown = sections
  if (width > terminalWidth) {
    shown = sections.map(upright)
    width = Math.max(...shown.map(totalWidth))
  }
  output.write(`${'-'.repeat(width)}\n${color ? RESET : ''}`)
  for (const item of shown) renderSection(item, width - item.indent * 2, output, color)
}

/** A section of one row becomes a list of `header | value`. */
function upright(item: Section): Section {
  if (item.rows.length !== 1 || item.headers.length === 0) return item
  const turned: Section = {
    title: item.title,
    indent: item.indent,
    headers: [],
    rows: [],
    widths: [],
    columns: undefined,
  }
  item.headers.forEach((header, i) => {
    addRow(turned, [header, item.rows[0]![i]!])
  })
  return turned
}

function renderSection(item: Section, width: number, output: Output, color: boolean): void {
  const bar = color ? `${DIM_YELLOW}|${RESET}` : '|'
  const edge = bar.repeat(item.indent)
  // With colours on, every write is followed by a reset: that is how the AWS CLI's colour library prints.
  const line = (text: string) => {
    const end = color ? RESET : ''
    output.write(`${edge}${end}${text}${end}${edge}${end}\n${end}`)
  }
  if (item.title) {
    line(centre(item.title, item.title, width, '|'))
    if (item.headers.length === 0 && item.rows.length === 0) line(`+${'-'.repeat(width - 2)}+`)
  }
  const widths = scale(item.widths, width)
  const rule = `+${widths.map((column, i) => '-'.repeat(column - (i === 0 ? 2 : 1))).join('+')}+`
  if (item.headers.length > 0) {
    line(rule)
    line(widths.map((column, i) => centre(item.headers[i]!, item.headers[i]!, column, i === 0 ? '|' : '')).join(''))
  }
  if (item.rows.length === 0 || widths.length === 0) return
  line(rule)
  for (const row of item.rows)
    line(widths.map((column, i) => align(row[i]!, column, i === 0 ? '|' : '', color)).join(''))
  line(rule)
}

/** Stretch or shrink columns so that together they fill the width. */
function scale(widths: readonly number[], width: number): number[] {
  const wanted = widths.map(column => column + PADDING)
  if (wanted.length === 0) return []
  const factor = width / wanted.reduce((total, column) => total + column, 0)
  const scaled = wanted.map(column => roundHalfEven(factor * column))
  let excess = scaled.reduce((total, column) => total + column, 0) - width
  while (excess !== 0) {
    const step = excess > 0 ? -1 : 1
    const order = scaled.map((_, i) => (excess > 0 ? i : scaled.length - 1 - i))
    for (const i of order) {
      scaled[i]! += step
      excess += step
      if (excess === 0) break
    }
  }
  return scaled
}

function roundHalfEven(value: number): number {
  const down = Math.floor(value)
  return value - down > 0.5 || (value - down === 0.5 && down % 2 === 1) ? down + 1 : down
}

function centre(text: string, plain: string, width: number, left: string): string {
  const textWidth = displayWidth(plain)
  const before = Math.floor(width / 2) - Math.floor(textWidth / 2) - 1
  const after = width - 1 - (left.length + before + textWidth)
  return `${left}${blanks(before)}${text}${blanks(after)}|`
}

function align(text: string, width: number, left: string, color: boolean): string {
  const textWidth = displayWidth(text)
  const padding = width - (textWidth + 2 + left.length + 1) >= 0 ? 2 : 0
  const shown = color ? `${BRIGHT_BLUE}${text}${RESET}` : text
  return `${left}${blanks(padding)}${shown}${blanks(width - (left.length + padding + textWidth) - 1)}|`
}

function blanks(count: number): string {
  return ' '.repeat(Math.max(0, count))
}

const RESET = '\x1b[0m'
const BRIGHT_BLUE = '\x1b[1m\x1b[34m'
const DIM_YELLOW = '\x1b[2m\x1b[33m'
