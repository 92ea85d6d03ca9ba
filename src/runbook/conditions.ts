import { asText, isMap } from './plain.ts'

/** A condition that cannot be read or evaluated; the message fits after the step's name. */
export class ConditionError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConditionError'
  }
}

type Operator = (variable: unknown, value: unknown) => boolean

const onNumbers =
  (compare: (a: number, b: number) => boolean): Operator =>
  (variable, value) =>
    compare(toNumber(variable), toNumber(value))

/** The operators of aws:branch and aws:loop, as AWS's documentation names them. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['StringEquals', (variable, value) => asText(variable) === asText(value)],
  ['EqualsIgnoreCase', (variable, value) => asText(variable).toLowerCase() === asText(value).toLowerCase()],
  ['StartsWith', (variable, value) => asText(variable).startsWith(asText(value))],
  ['EndsWith', (variable, value) => asText(variable).endsWith(asText(value))],
  ['Contains', contains],
  ['NumericEquals', onNumbers((a, b) => a === b)],
  ['NumericGreater', onNumbers((a, b) => a > b)],
  ['NumericLesser', onNumbers((a, b) => a < b)],
  ['NumericGreaterOrEquals', onNumbers((a, b) => a >= b)],
  ['NumericLesserOrEquals', onNumbers((a, b) => a <= b)],
  ['BooleanEquals', (variable, value) => toBoolean(variable) === toBoolean(value)],
])

function contains(variable: unknown, value: unknown): boolean {
  if (Array.isArray(variable)) return variable.some(item => asText(item) === asText(value))
  return asText(variable).includes(asText(value))
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value.trim())) return Number(value)
  throw new ConditionError(`has a numeric condition over ${show(value)}, which is not a number`)
}

function toBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  throw new ConditionError(`has a Boolean condition over ${show(value)}, which is neither true nor false`)
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 100 ? `${text.slice(0, 100)}...` : text
}

/**
 * Checks the form of a condition. Throws ConditionError with AWS's documentation in mind: an unknown operator is refused
 * when the document is created.
 * @param ignored properties beside the condition itself, such as a choice's NextStep
 */
export function checkCondition(condition: unknown, ignored: readonly string[] = []): void {
  if (!isMap(condition)) throw new ConditionError('has a condition that is not a map')
  const names = Object.keys(condition).filter(name => !ignored.includes(name))
  const combined = names.filter(name => name === 'And' || name === 'Or' || name === 'Not')
  if (combined.length > 0) {
    if (names.length !== 1) throw new ConditionError(`has a condition that mixes ${names.join(', ')}`)
    for (const inner of innerConditions(combined[0]!, condition[combined[0]!])) checkCondition(inner)
    return
  }
  const unknown = names.filter(name => name !== 'Variable' && !operators.has(name))
  if (unknown.length > 0) throw new ConditionError(`has an unknown operator: ${unknown.join(', ')}`)
  if (!names.includes('Variable')) throw new ConditionError('has a condition without Variable')
  if (names.length !== 2) throw new ConditionError('must have exactly one operator in each condition')
}

/** Whether a condition holds, after interpolation. Throws ConditionError when it compares what cannot be compared. */
export function evaluate(condition: unknown): boolean {
  if (!isMap(condition)) throw new ConditionError('has a condition that is not a map')
  for (const name of Object.keys(condition)) {
    if (name === 'And') return innerConditions(name, condition[name]).every(evaluate)
    if (name === 'Or') return innerConditions(name, condition[name]).some(evaluate)
    if (name === 'Not') return !innerConditions(name, condition[name]).every(evaluate)
    const operator = operators.get(name)
    if (operator) return operator(condition['Variable'], condition[name])
  }
  throw new ConditionError('has a condition without an operator')
}

function innerConditions(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value
  // Not takes one condition, written as a map or as a list of one.
  if (name === 'Not' && isMap(value)) return [value]
  throw new ConditionError(`has an ${name} that is not a list of conditions`)
}
