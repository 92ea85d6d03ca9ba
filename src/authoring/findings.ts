import { isNode, LineCounter, parseDocument as parseYaml } from 'yaml'
import { DocumentError } from '../runbook/document.ts'
import { parseDocument } from '../runbook/parse.ts'
import { warningsOf } from '../runbook/warnings/index.ts'
import type { Path } from '../runbook/warnings/warning.ts'

/** An error as CreateDocument gives it, or a warning of ours, with where it is in the file. */
export interface Finding {
  readonly level: 'error' | 'warning'
  /** The name of the warning's rule; `document` for errors. */
  readonly rule: string
  readonly message: string
  readonly step?: string
  /** Counted from 1; absent where it is not known. */
  readonly line?: number
}

/** All that is to say about a document: its one error, or its warnings in the order of the file. */
export async function findingsOf(content: string): Promise<Finding[]> {
  try {
    const document = parseDocument(content)
    const lines = lineFinder(content)
    const warnings = await warningsOf(document)
    return warnings
      .map(({ path, ...warning }): Finding => ({ level: 'warning', ...warning, ...lineOf(lines(path)) }))
      .sort((one, other) => (one.line ?? 0) - (other.line ?? 0))
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error
    return [{ level: 'error', rule: 'document', message: error.message, ...errorPlace(content, error.message) }]
  }
}

const lineOf = (line: number | undefined) => (line === undefined ? {} : { line })

/** Errors say the line themselves (YAML) or name the step, parameter or variable. */
function errorPlace(content: string, message: string): Pick<Finding, 'line' | 'step'> {
  const stated = /At Line: (\d+)/.exec(message)
  if (stated) return { line: Number(stated[1]) }
  const step = /^Step "([^"]+)"/.exec(message)?.[1]
  if (step !== undefined) {
    const line = content.split('\n').findIndex(text => text.match(/name["']?\s*:\s*["']?(\w+)/)?.[1] === step)
    return { step, ...lineOf(line < 0 ? undefined : line + 1) }
  }
  const named = /^(Parameter|Variable) "([^"]+)"/.exec(message)
  if (!named) return {}
  return lineOf(lineFinder(content)([named[1] === 'Parameter' ? 'parameters' : 'variables', named[2]!]))
}

/** JSON is YAML as far as places go. */
function lineFinder(content: string): (path: Path) => number | undefined {
  const counter = new LineCounter()
  const document = parseYaml(content, {
    lineCounter: counter,
    version: '1.1',
    schema: 'core',
    strict: false,
    uniqueKeys: false,
    logLevel: 'silent',
  })
  return path => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return counter.linePos(node.range[0]).line
    }
    return undefined
  }
}
