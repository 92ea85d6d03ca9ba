import { asText, emptyMap, isMap } from './plain.ts'

/** Where references get their values. A name without a value is left as it stands, braces and all. */
export interface ReferenceValues {
  /** Typed (see typedParameters). */
  readonly parameters: ReadonlyMap<string, unknown>
  /** Without the prefix `variable:`. */
  readonly variables: ReadonlyMap<string, unknown>
  /** By `step.Output`. */
  readonly stepOutputs: ReadonlyMap<string, unknown>
  /** `global:REGION`, `automation:EXECUTION_ID` and so on. */
  readonly system: ReadonlyMap<string, unknown>
}

/** References that cannot be replaced: they would bring in too much. */
export class InterpolationError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'InterpolationError'
  }
}

/** Characters that references may still bring in; shared by all inputs of a step. */
export interface InterpolationBudget {
  characters: number
}

const reference = /\{\{\s*([^{}\s]+)\s*\}\}/g
const wholeReference = /^\{\{\s*([^{}\s]+)\s*\}\}$/

/**
 * Replaces `{{ name }}` in all strings of a value, once: what a reference brings in is never looked into again, so neither
 * a requester's value nor a script's output can become a reference. A string that is nothing but one reference takes the
 * value with its type; inside other text the value becomes text. A list within a list's item is flattened. Map keys stay.
 * Throws InterpolationError when the budget is spent.
 */
export function interpolate(value: unknown, values: ReferenceValues, budget?: InterpolationBudget): unknown {
  if (typeof value === 'string') return interpolateString(value, values, budget)
  if (Array.isArray(value)) return value.flatMap(item => interpolateItem(item, values, budget))
  if (!isMap(value)) return value
  const copy = emptyMap()
  for (const key of Object.keys(value)) copy[key] = interpolate(value[key], values, budget)
  return copy
}

function interpolateItem(item: unknown, values: ReferenceValues, budget: InterpolationBudget | undefined): unknown[] {
  const result = interpolate(item, values, budget)
  return typeof item === 'string' && Array.isArray(result) ? result : [result]
}

function interpolateString(text: string, values: ReferenceValues, budget: InterpolationBudget | undefined): unknown {
  if (!text.includes('{{')) return text
  const whole = wholeReference.exec(text)
  if (whole) {
    const value = lookUp(whole[1]!, values)
    if (value === undefined || value === null) return text
    spend(asText(value), budget)
    return value
  }
  return text.replace(reference, (literal, name: string) => {
    const value = lookUp(name, values)
    return value === undefined || value === null ? literal : spend(asText(value), budget)
  })
}

function spend(text: string, budget: InterpolationBudget | undefined): string {
  if (budget) {
    budget.characters -= text.length
    if (budget.characters < 0)
      throw new InterpolationError("The references in the step's inputs stand for too much text.")
  }
  return text
}

function lookUp(name: string, values: ReferenceValues): unknown {
  if (name.startsWith('variable:')) return values.variables.get(name.slice('variable:'.length))
  return values.parameters.get(name) ?? values.stepOutputs.get(name) ?? values.system.get(name)
}

/** All names that a value refers to. */
export function references(value: unknown): string[] {
  if (typeof value === 'string') return [...value.matchAll(reference)].map(found => found[1]!)
  if (Array.isArray(value)) return value.flatMap(references)
  return isMap(value) ? Object.values(value).flatMap(references) : []
}

/**
 * The system variables. The time variables are those of the moment when the step starts.
 * @param now milliseconds since 1970; dates are UTC
 */
export function systemVariables(
  execution: { readonly id: string; readonly scope: { readonly accountId: string; readonly region: string } },
  now: number,
): Map<string, string> {
  const { accountId, region } = execution.scope
  const time = new Date(now).toISOString()
  return new Map([
    ['global:ACCOUNT_ID', accountId],
    ['global:REGION', region],
    ['global:AWS_PARTITION', partition(region)],
    ['global:DATE', time.slice(0, 10)],
    ['global:DATE_TIME', `${time.slice(0, 10)}_${time.slice(11, 19).replaceAll(':', '.')}`],
    ['automation:EXECUTION_ID', execution.id],
  ])
}

export function partition(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
