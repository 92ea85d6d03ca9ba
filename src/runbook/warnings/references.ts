import { actions } from '../actions/index.ts'
import { references } from '../interpolate.ts'
import { isMap } from '../plain.ts'
import type { Inspection, Path, PlacedStep } from './warning.ts'

export interface PlacedReference {
  readonly name: string
  readonly path: Path
  /** The whole string is this reference, so that it keeps its type. */
  readonly isWhole: boolean
  /** The step that refers; absent for assumeRole. */
  readonly step?: PlacedStep
  /** Read after each pass of the loop, not before it starts. */
  readonly isLoopCondition: boolean
}

/** All references of a document in the order in which they stand there. What is opaque (scripts) is not looked into. */
export function* referencesIn({ document, steps }: Inspection): Iterable<PlacedReference> {
  yield* within(document.assumeRole, ['assumeRole'], undefined, false)
  for (const placed of steps) {
    const { step, path } = placed
    const action = actions.get(step.action)
    for (const [name, value] of Object.entries(step.inputs)) {
      const isLoopCondition = name === 'LoopCondition'
      if (action?.opaqueInputs?.includes(name) && !isLoopCondition) continue
      yield* within(value, [...path, 'inputs', name], placed, isLoopCondition)
    }
    yield* within(step.timeoutSeconds, [...path, 'timeoutSeconds'], placed, false)
  }
}

function* within(
  value: unknown,
  path: Path,
  step: PlacedStep | undefined,
  isLoopCondition: boolean,
): Iterable<PlacedReference> {
  if (typeof value === 'string') {
    for (const name of references(value)) {
      const isWhole = /^\{\{\s*([^{}\s]+)\s*\}\}$/.test(value)
      yield { name, path, isWhole, isLoopCondition, ...(step && { step }) }
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* within(item, [...path, index], step, isLoopCondition)
  } else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) yield* within(item, [...path, key], step, isLoopCondition)
  }
}

/** `step.Output` in its parts, if the first is the name of a step. */
export function stepOutput(
  { byName }: Inspection,
  reference: string,
): { readonly placed: PlacedStep; readonly output: string } | undefined {
  const dot = reference.indexOf('.')
  const placed = dot > 0 ? byName.get(reference.slice(0, dot)) : undefined
  return placed && { placed, output: reference.slice(dot + 1) }
}

/** Names of the outputs that a step has; undefined when any name may be one. */
export function outputNames({ step }: PlacedStep): readonly string[] | undefined {
  const own = actions.get(step.action)?.outputs ?? []
  return own === 'response' ? undefined : [...own, ...step.outputs.map(output => output.name)]
}

/** The type that a reference's value has; undefined when it is not known before the run. */
export function typeOf(inspection: Inspection, reference: string): string | undefined {
  const { parameters, variables } = inspection.document
  if (reference.startsWith('variable:')) return variables.get(reference.slice('variable:'.length))?.type
  if (reference.startsWith('global:') || reference.startsWith('automation:')) return 'String'
  const parameter = parameters.get(reference)
  if (parameter) return parameter.type.startsWith('List<') ? 'StringList' : parameter.type.replace(/^AWS::.*/, 'String')
  const found = stepOutput(inspection, reference)
  if (!found) return undefined
  const { step } = found.placed
  if (step.steps && found.output === 'CurrentIteration') return 'Integer'
  if (step.steps && found.output === 'CurrentIteratorValue') return String(step.inputs['IteratorDataType'] ?? 'String')
  return step.outputs.find(output => output.name === found.output)?.type
}

/** The one of `names` that was probably meant: the same but for case, or but for a letter. */
export function meant(name: string, names: Iterable<string>): string | undefined {
  const folded = name.toLowerCase()
  let close: string | undefined
  for (const each of names) {
    if (each.toLowerCase() === folded) return each
    if (close === undefined && name.length > 3 && isOneOff(each.toLowerCase(), folded)) close = each
  }
  return close
}

/** A sentence's end that offers what was probably meant. */
export function orMeant(name: string, names: Iterable<string>): string {
  const other = meant(name, names)
  return other === undefined ? '.' : `; did you mean ${other}?`
}

/** Whether one letter too many, too few or another makes one of the other. */
function isOneOff(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false
  let start = 0
  while (start < one.length && one[start] === other[start]) start += 1
  let end = 0
  const rest = Math.min(one.length, other.length) - start
  while (end < rest && one.at(-1 - end) === other.at(-1 - end)) end += 1
  return Math.max(one.length, other.length) - start - end <= 1
}
