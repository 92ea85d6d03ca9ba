import type { AutomationDocument, ParameterDefinition } from './document.ts'
import { ParameterError } from './document.ts'
import { type MatchBudget, matchPattern } from './pattern.ts'
import { isMap, plain } from './plain.ts'

/** Values as the API gives them: every parameter is a list of strings. */
export type GivenParameters = Readonly<Record<string, readonly string[]>>

/** Types a parameter may have, besides those of AWS (AWS::EC2::Instance::Id, List<AWS::EC2::Instance::Id>). */
export const parameterTypes: ReadonlySet<string> = new Set([
  'String',
  'StringList',
  'StringMap',
  'Integer',
  'Boolean',
  'MapList',
])
const awsType = /^AWS(::[A-Za-z0-9]+){2,}$/
const awsListType = /^List<(AWS(::[A-Za-z0-9]+){2,})>$/

export function isParameterType(type: string): boolean {
  return parameterTypes.has(type) || awsType.test(type) || awsListType.test(type)
}

/** Steps of pattern matching for one request: well under a tenth of a second. */
const matchSteps = 1_000_000

const storeReference = /^\{\{\s*ssm:[^{}]+\}\}$/

/** Whether a default is taken from the parameter store when the execution starts. */
export function isStoreReference(value: unknown): boolean {
  return typeof value === 'string' && storeReference.test(value)
}

/** The parameters that were not given and whose default lies in the parameter store: by name, where it lies. */
export function storedDefaults(document: AutomationDocument, given: GivenParameters): ReadonlyMap<string, string> {
  const stored = new Map<string, string>()
  for (const [name, { default: value }] of document.parameters) {
    if (Object.hasOwn(given, name) || !isStoreReference(value)) continue
    stored.set(name, /ssm:\s*([^{}\s]+)/.exec(value as string)![1]!)
  }
  return stored
}

/**
 * Checks what a requester gives. Defaults are not checked, as AWS does not: many public documents have defaults that their
 * own pattern refuses. Throws ParameterError, in AWS's words where they are known.
 */
export function checkParameters(
  document: AutomationDocument,
  given: GivenParameters,
  /** Parameters that need not be given, because each target sets them. */
  setLater: ReadonlySet<string> = new Set(),
): void {
  const names = Object.keys(given)
  const undefinedNames = names.filter(name => !document.parameters.has(name))
  if (undefinedNames.length > 0) throw new ParameterError(`Undefined execution inputs: [${undefinedNames.join(', ')}]`)
  const budget: MatchBudget = { steps: matchSteps }
  for (const [name, definition] of document.parameters) {
    const values = Object.hasOwn(given, name) ? given[name]! : undefined
    if (values !== undefined) checkValues(name, definition, values, budget)
    else if (definition.default === undefined && !setLater.has(name)) {
      throw new ParameterError(`Missing required parameter: ${name} in user inputs.`)
    }
  }
}

/** Why a parameter does not take these values; undefined when it does. */
export function parameterProblem(
  name: string,
  definition: ParameterDefinition,
  values: readonly string[],
): string | undefined {
  try {
    checkValues(name, definition, values, { steps: matchSteps })
    return undefined
  } catch (error) {
    if (error instanceof ParameterError) return error.message
    throw error
  }
}

/**
 * The typed value of every parameter that has one, with defaults applied: Integer and Boolean are a number and a boolean,
 * lists are lists, StringMap and MapList are parsed JSON. Expects values that checkParameters has accepted; throws
 * ParameterError otherwise.
 */
export function typedParameters(document: AutomationDocument, given: GivenParameters): Map<string, unknown> {
  const typed = new Map<string, unknown>()
  for (const [name, definition] of document.parameters) {
    const values = Object.hasOwn(given, name) ? given[name]! : undefined
    if (values !== undefined) typed.set(name, typedValue(name, definition.type, values))
    else if (definition.default !== undefined) typed.set(name, typedDefault(name, definition))
  }
  return typed
}

function isListType(type: string): boolean {
  return type === 'StringList' || awsListType.test(type)
}

function typedValue(name: string, type: string, values: readonly string[]): unknown {
  if (isListType(type)) return [...values]
  if (type === 'MapList') return typedMapList(name, values)
  const [value] = values
  if (value === undefined || values.length !== 1) throw typeError(name, type)
  switch (type) {
    case 'Integer':
      if (!/^[+-]?\d{1,15}$/.test(value)) throw typeError(name, type)
      return Number(value)
    case 'Boolean':
      if (!/^(true|false)$/i.test(value)) throw typeError(name, type)
      return value.toLowerCase() === 'true'
    case 'StringMap': {
      const map = fromJson(name, type, value)
      if (!isMap(map)) throw typeError(name, type)
      return map
    }
    default:
      return value
  }
}

/** Either one JSON list of maps, or one JSON map a value. */
function typedMapList(name: string, values: readonly string[]): unknown {
  const parsed = values.map(value => fromJson(name, 'MapList', value))
  const list = parsed.length === 1 && Array.isArray(parsed[0]) ? parsed[0] : parsed
  if (!list.every(isMap)) throw typeError(name, 'MapList')
  return list
}

function fromJson(name: string, type: string, text: string): unknown {
  try {
    return plain(JSON.parse(text))
  } catch {
    throw typeError(name, type)
  }
}

/** A default is written with its type already, or as the text a requester would give. */
export function typedDefault(
  name: string,
  { type, default: value }: Pick<ParameterDefinition, 'type' | 'default'>,
): unknown {
  if (typeof value === 'string' && !isListType(type)) return leniently(() => typedValue(name, type, [value]), value)
  if (isListType(type) && typeof value === 'string') return value === '' ? [] : [value]
  if (isListType(type) && Array.isArray(value))
    return value.map(item => (typeof item === 'string' ? item : JSON.stringify(item)))
  if (isTextType(type) && (typeof value === 'number' || typeof value === 'boolean')) return String(value)
  return value
}

function leniently(attempt: () => unknown, otherwise: unknown): unknown {
  try {
    return attempt()
  } catch {
    return otherwise
  }
}

function isTextType(type: string): boolean {
  return type === 'String' || awsType.test(type)
}

function typeError(name: string, type: string): ParameterError {
  const kind = isTextType(type) ? 'string' : type
  return new ParameterError(`Parameter type error. The value supplied for ${name} is not a valid ${kind}.`)
}

function checkValues(
  name: string,
  definition: ParameterDefinition,
  values: readonly string[],
  budget: MatchBudget,
): void {
  const typed = typedValue(name, definition.type, values)
  checkAllowedValues(name, definition, values)
  checkLimits(name, definition, values, typed)
  if (definition.allowedPattern === undefined) return
  for (const value of values) {
    switch (matchPattern(definition.allowedPattern, value, budget)) {
      case 'no match':
        throw new ParameterError(
          `Parameter "${name}" has value "${value}" that does not match the allowed pattern ${definition.allowedPattern}.`,
        )
      case 'gave up':
        // Letting it through would let a requester switch the check off with a value made for it.
        throw new ParameterError(
          `Parameter "${name}" could not be checked against its allowed pattern ${definition.allowedPattern} in time.`,
        )
      case 'match':
      // A pattern we cannot read is the document's fault, not the requester's: AWS may well read it.
      case 'not understood':
        break
    }
  }
}

function checkAllowedValues(
  name: string,
  { type, allowedValues }: ParameterDefinition,
  values: readonly string[],
): void {
  if (allowedValues === undefined) return
  const normal = (value: string) =>
    type === 'Boolean' ? value.toLowerCase() : type === 'Integer' ? String(Number(value)) : value
  const texts = allowedValues.map(value => (typeof value === 'string' ? value : JSON.stringify(value)))
  const allowed = new Set(texts.map(normal))
  for (const value of values) {
    if (!allowed.has(normal(value))) {
      throw new ParameterError(`Parameter "${name}" has value "${value}" not found in [${texts.join(', ')}].`)
    }
  }
}

function checkLimits(name: string, definition: ParameterDefinition, values: readonly string[], typed: unknown): void {
  const { minChars, maxChars, minItems, maxItems, minValue, maxValue } = definition
  const refuse = (what: string): never => {
    throw new ParameterError(`Parameter "${name}" ${what}.`)
  }
  for (const value of values) {
    const length = [...value].length
    if (minChars !== undefined && length < minChars)
      refuse(`has value "${value}" with fewer than ${minChars} characters`)
    if (maxChars !== undefined && length > maxChars) refuse(`has a value with more than ${maxChars} characters`)
  }
  const items = Array.isArray(typed) ? typed.length : isMap(typed) ? Object.keys(typed).length : undefined
  if (items !== undefined) {
    if (minItems !== undefined && items < minItems) refuse(`has fewer than ${minItems} items`)
    if (maxItems !== undefined && items > maxItems) refuse(`has more than ${maxItems} items`)
  }
  if (typeof typed === 'number') {
    if (minValue !== undefined && typed < minValue) refuse(`has value "${typed}" less than ${minValue}`)
    if (maxValue !== undefined && typed > maxValue) refuse(`has value "${typed}" greater than ${maxValue}`)
  }
}
