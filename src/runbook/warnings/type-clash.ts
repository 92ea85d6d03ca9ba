import { isMap, type PlainMap } from '../plain.ts'
import { hasType, updateVariableAction } from '../variables.ts'
import { typeOf } from './references.ts'
import type { Found, Inspection, Path, PlacedStep, WarningRule } from './warning.ts'

const listTypes: readonly string[] = ['StringList', 'MapList']
const whole = /^\{\{\s*([^{}\s]+)\s*\}\}$/

/** Values that are of a type which the place cannot take. */
export const typeClash: WarningRule = {
  name: 'type-clash',
  description: 'a value of a type that its place cannot take',
  *inspect(inspection) {
    for (const placed of inspection.steps) {
      const { step, path } = placed
      yield* expected(inspection, placed, [...path, 'timeoutSeconds'], step.timeoutSeconds, ['Integer', 'String'])
      if (step.steps) {
        const { Iterators, MaxIterations } = step.inputs
        yield* expected(inspection, placed, [...path, 'inputs', 'Iterators'], Iterators, listTypes)
        yield* expected(inspection, placed, [...path, 'inputs', 'MaxIterations'], MaxIterations, ['Integer', 'String'])
        yield* conditions(inspection, placed, step.inputs['LoopCondition'], [...path, 'inputs', 'LoopCondition'])
      }
      if (step.action === updateVariableAction) yield* update(inspection, placed)
      if (step.action === 'aws:branch') {
        for (const [index, choice] of (step.inputs['Choices'] as readonly unknown[]).entries()) {
          yield* conditions(inspection, placed, choice, [...path, 'inputs', 'Choices', index])
        }
      }
    }
  },
}

function* expected(
  inspection: Inspection,
  { step }: PlacedStep,
  path: Path,
  value: unknown,
  types: readonly string[],
): Iterable<Found> {
  const name = typeof value === 'string' ? whole.exec(value)?.[1] : undefined
  const type = name === undefined ? undefined : typeOf(inspection, name)
  if (type === undefined || types.includes(type)) return
  yield {
    message: `{{ ${name} }} is of type ${type}; ${path.at(-1)} takes ${types.join(' or ')}.`,
    path,
    step: step.name,
  }
}

function* update(inspection: Inspection, { step, path }: PlacedStep): Iterable<Found> {
  const { Name, Value } = step.inputs
  const type = typeOf(inspection, String(Name))
  if (type === undefined) return
  const reference = typeof Value === 'string' ? whole.exec(Value)?.[1] : undefined
  const given = reference === undefined ? undefined : typeOf(inspection, reference)
  const clashes =
    reference === undefined ? !holdsReference(Value) && !hasType(Value, type) : given !== undefined && given !== type
  if (!clashes) return
  const what = reference === undefined ? JSON.stringify(Value) : `{{ ${reference} }} of type ${given}`
  yield {
    message: `${String(Name)} is of type ${type} and cannot take ${what}: nothing is converted.`,
    path: [...path, 'inputs', 'Value'],
    step: step.name,
  }
}

function holdsReference(value: unknown): boolean {
  return JSON.stringify(value)?.includes('{{') ?? false
}

/** Comparisons that can never hold, or that fail the step. */
function* conditions(inspection: Inspection, placed: PlacedStep, condition: unknown, path: Path): Iterable<Found> {
  if (!isMap(condition)) return
  for (const name of ['And', 'Or', 'Not']) {
    const inner = condition[name]
    if (Array.isArray(inner)) {
      for (const [index, each] of inner.entries()) yield* conditions(inspection, placed, each, [...path, name, index])
    } else if (isMap(inner)) yield* conditions(inspection, placed, inner, [...path, name])
  }
  const reference = typeof condition['Variable'] === 'string' ? whole.exec(condition['Variable'])?.[1] : undefined
  const operator = Object.keys(condition).find(name => !['Variable', 'NextStep', 'And', 'Or', 'Not'].includes(name))
  if (reference === undefined || operator === undefined) return
  const message = comparisonProblem(inspection, reference, operator, condition)
  if (message !== undefined) yield { message, path: [...path, operator], step: placed.step.name }
}

function comparisonProblem(
  inspection: Inspection,
  reference: string,
  operator: string,
  condition: PlainMap,
): string | undefined {
  const type = typeOf(inspection, reference)
  const value = condition[operator]
  if (operator.startsWith('Numeric') && type !== undefined && !['Integer', 'String'].includes(type)) {
    return `{{ ${reference} }} is of type ${type}, and ${operator} compares numbers: the step fails.`
  }
  if (operator === 'BooleanEquals' && type !== undefined && !['Boolean', 'String'].includes(type)) {
    return `{{ ${reference} }} is of type ${type}, and BooleanEquals compares true and false: the step fails.`
  }
  const allowed = inspection.document.parameters.get(reference)?.allowedValues?.map(String)
  if (operator !== 'StringEquals' || allowed === undefined || typeof value !== 'string' || value.includes('{{')) {
    return undefined
  }
  if (allowed.includes(value)) return undefined
  const other = allowed.find(each => each.toLowerCase() === value.toLowerCase())
  return other === undefined
    ? `${reference} can never be ${JSON.stringify(value)}: it is one of ${allowed.join(', ')}.`
    : `${reference} can never be ${JSON.stringify(value)}, but it can be ${JSON.stringify(other)}: upper and lower case count.`
}
