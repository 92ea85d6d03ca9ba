import { compareStrings, pythonString, type Value, type ValueMap } from '../values.ts'
import type { Formatter, FormatterOptions, Output } from './formatter.ts'

/**
 * Tab-separated rows for line tools: scalars of a mapping sorted by key on one row, sections below it named by their
 * key. Pages are printed as they come, and --query sees one page at a time.
 */
export const formatText: Formatter = async (_operation, answer, output, options) => {
  if (answer instanceof Map) return printPage(answer, output, options)
  for await (const page of answer) {
    const shown: ValueMap = new Map()
    for (const key of answer.resultKeys) shown.set(key, page.get(key) ?? null)
    printPage(shown, output, options)
  }
  if (answer.resumeToken !== undefined) {
    printPage(new Map([['NextToken', new Map([['NextToken', answer.resumeToken]])]]), output, options)
  }
}

function printPage(page: ValueMap, output: Output, { query }: FormatterOptions): void {
  printText(query ? query.search(page) : page, output)
}

/** Print one value in the text format. */
export function printText(value: Value, output: Output, section?: string, columns?: readonly string[]): void {
  if (value instanceof Map) printMap(value, output, section, columns)
  else if (Array.isArray(value)) printList(value, output, section)
  else output.write(`${pythonString(value)}\n`)
}

function printList(list: readonly Value[], output: Output, section: string | undefined): void {
  if (list.length === 0) return
  if (list.some(item => item instanceof Map)) {
    const columns = scalarKeys(list)
    for (const item of list) printText(item, output, section, columns)
  } else if (list.some(Array.isArray)) {
    const scalars = list.filter(isScalar)
    if (scalars.length > 0) printScalars(scalars, output, section)
    for (const item of list) if (!isScalar(item)) printText(item, output, section)
  } else {
    printScalars(list, output, section)
  }
}

function printScalars(list: readonly Value[], output: Output, section: string | undefined): void {
  if (section === undefined) output.write(`${list.map(pythonString).join('\t')}\n`)
  else for (const item of list) output.write(`${section.toUpperCase()}\t${pythonString(item)}\n`)
}

function printMap(map: ValueMap, output: Output, section: string | undefined, columns?: readonly string[]): void {
  const keys = [...map.keys()].sort(compareStrings)
  const scalars = (columns ?? keys.filter(key => isScalar(map.get(key)!))).map(key =>
    map.has(key) ? pythonString(map.get(key)!) : '',
  )
  if (scalars.length > 0) {
    output.write(`${(section === undefined ? scalars : [section.toUpperCase(), ...scalars]).join('\t')}\n`)
  }
  const rest = columns ? keys.filter(key => !columns.includes(key)) : keys.filter(key => !isScalar(map.get(key)!))
  for (const key of rest) printText(map.get(key)!, output, key)
}

function scalarKeys(list: readonly Value[]): string[] {
  const keys = new Set<string>()
  for (const item of list) {
    if (item instanceof Map) for (const [key, value] of item) if (isScalar(value)) keys.add(key)
  }
  return [...keys].sort(compareStrings)
}

function isScalar(value: Value): boolean {
  return !Array.isArray(value) && !(value instanceof Map)
}
