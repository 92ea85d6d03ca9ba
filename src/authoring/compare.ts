import { isDeepStrictEqual } from 'node:util'
import type { StepExecution } from '../catalog/execution.ts'
import { asOutputStrings } from '../runbook/outputs.ts'
import { isMap } from '../runbook/plain.ts'
import { causeOf } from '../runbook/texts.ts'
import type { Expectation } from './answers-file.ts'
import type { TestRun } from './run-test.ts'
import { stepLabel } from './trace.ts'

type Ran = Extract<TestRun, { state: 'ran' }>

/** What of a run is not as it was expected, a sentence each; empty when all is. */
export function differences(expect: Expectation, { end, steps }: Ran): string[] {
  const found: string[] = []
  if (expect.status !== undefined && end.status !== expect.status) {
    const why = end.failureMessage === undefined ? '' : ` (${causeOf(end.failureMessage)})`
    found.push(`status is ${end.status}, not ${expect.status}${why}`)
  }
  if (expect.failureMessage !== undefined && !isLike(expect.failureMessage, end.failureMessage ?? '')) {
    found.push(
      `failureMessage is ${JSON.stringify(end.failureMessage)}, not like ${JSON.stringify(expect.failureMessage)}`,
    )
  }
  if (expect.trace) found.push(...traceDifferences(expect.trace, steps))
  for (const [name, wanted] of Object.entries(expect.outputs ?? {})) {
    const value = end.outputs[name]
    if (value === undefined) found.push(`output ${name} is not an output of the document`)
    else if (!isAsOutput(wanted, value))
      found.push(`output ${name} is ${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`)
  }
  for (const [name, inputs] of Object.entries(expect.inputs ?? {})) {
    const row = steps.findLast(step => step.name === name)
    if (!row) found.push(`step ${name} did not run`)
    for (const [input, wanted] of row ? Object.entries(inputs) : []) {
      if (!isEqual(wanted, row?.inputs[input])) {
        found.push(
          `input ${input} of step ${name} is ${JSON.stringify(row?.inputs[input])}, not ${JSON.stringify(wanted)}`,
        )
      }
    }
  }
  for (const [name, wanted] of Object.entries(expect.attempts ?? {})) {
    const attempts = steps.findLast(step => step.name === name)?.attempt ?? 0
    if (attempts !== wanted) found.push(`step ${name} was tried ${attempts} times, not ${wanted}`)
  }
  for (const name of expect.notRun ?? []) {
    const row = steps.find(step => step.name === name)
    if (row) found.push(`step ${name} ran: ${row.status}`)
  }
  return found
}

/** The first place where the traces part, with what comes around it. */
function traceDifferences(wanted: NonNullable<Expectation['trace']>, steps: readonly StepExecution[]): string[] {
  const expected = wanted.flatMap(entry =>
    typeof entry === 'string'
      ? [`${entry}: Success`]
      : Object.entries(entry).map(([name, status]) => `${name}: ${status}`),
  )
  const ran = steps.map(step => `${stepLabel(step)}: ${step.status}`)
  const at = Array.from({ length: Math.max(expected.length, ran.length) }).findIndex((_, i) => expected[i] !== ran[i])
  if (at < 0) return []
  const end = 'the end'
  return [`trace: step ${at + 1} is ${ran[at] ?? end}, not ${expected[at] ?? end}`]
}

function isLike(wanted: unknown, text: string): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : isEqual(wanted, text)
}

/** Outputs are lists of strings; a list of one stands for its item, and what is not text for its JSON. */
function isAsOutput(wanted: unknown, value: readonly string[]): boolean {
  if (isMatcher(wanted)) return isEqual(wanted, value.length === 1 ? value[0] : value)
  return isDeepStrictEqual(asOutputStrings(wanted), value)
}

const matchers: Readonly<Record<string, (argument: unknown, value: unknown) => boolean>> = {
  $matches: (pattern, value) => typeof value === 'string' && new RegExp(String(pattern)).test(value),
  $contains: (part, value) => {
    if (typeof value === 'string') return value.includes(String(part))
    if (Array.isArray(value)) return value.some(item => isEqual(part, item))
    return isMap(part) && isMap(value) && Object.entries(part).every(([name, each]) => isEqual(each, value[name]))
  },
  $any: (_, value) => value !== undefined && value !== null,
}

function isMatcher(value: unknown): value is Record<string, unknown> {
  return isMap(value) && Object.keys(value).length === 1 && Object.hasOwn(matchers, Object.keys(value)[0]!)
}

/** Equal, or as a matcher within it says. */
function isEqual(wanted: unknown, value: unknown): boolean {
  if (isMatcher(wanted)) {
    const [[name, argument]] = Object.entries(wanted) as [[string, unknown]]
    return matchers[name]!(argument, value)
  }
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && value.length === wanted.length && wanted.every((item, i) => isEqual(item, value[i]))
  }
  if (!isMap(wanted)) return isDeepStrictEqual(wanted, value)
  if (!isMap(value)) return false
  const names = new Set([...Object.keys(wanted), ...Object.keys(value)])
  return [...names].every(name => isEqual(wanted[name], value[name]))
}
