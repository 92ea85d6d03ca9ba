import { matchPattern } from '../../../src/runbook/pattern.ts'
import { shortened } from './text.ts'

/** A field of a form, whatever it comes from: a product's parameter or a document's. */
export interface Field {
  readonly name: string
  /** What it is called to people, where that is not its name. */
  readonly label?: string
  readonly description?: string
  readonly initial: string
  /** Has to be given. */
  readonly isRequired: boolean
  /** Several values, one a line. */
  readonly isList: boolean
  readonly isSecret: boolean
  readonly isNumber: boolean
  /** Text of many lines, such as a policy. */
  readonly isLong?: boolean
  readonly options?: readonly string[]
  /** What options are called to people, by their values. */
  readonly optionLabels?: Readonly<Record<string, string>>
  readonly pattern?: string
  /** What is said when the pattern is not met. */
  readonly patternText?: string
  readonly shortest?: number
  readonly longest?: number
  readonly least?: number
  readonly most?: number
}

/** What is wrong with a value, if it can be told here; the server has the last word. */
export function problemOf(field: Field, value: string): string | undefined {
  if (value === '') return field.isRequired ? 'A value is needed.' : undefined
  const values = field.isList ? linesOf(value) : [value]
  const budget = { steps: patternSteps }
  for (const each of values) {
    if (field.options && !field.options.includes(each))
      return `Choose one of ${shortened(field.options.join(', '), 300).shown}.`
    if (field.shortest !== undefined && each.length < field.shortest) return `At least ${field.shortest} characters.`
    if (field.longest !== undefined && each.length > field.longest) return `At most ${field.longest} characters.`
    if (field.isNumber && !Number.isFinite(Number(each))) return 'A number is needed.'
    if (field.least !== undefined && Number(each) < field.least) return `At least ${field.least}.`
    if (field.most !== undefined && Number(each) > field.most) return `At most ${field.most}.`
    if (field.pattern !== undefined && matchPattern(field.pattern, each, budget) === 'no match')
      return field.patternText ?? `It must match ${shortened(field.pattern, 200).shown}`
  }
  return undefined
}

export function linesOf(value: string): string[] {
  return value.split('\n').filter(line => line !== '')
}

/**
 * Patterns are from elsewhere, in Java's dialect, and one can be made to take for ever: the server's own matcher tries them,
 * for as long as nobody notices while typing. What takes longer, or is not understood, is left to the server.
 */
const patternSteps = 100_000

/** A field of a form that is written here: a text that is needed, unless said otherwise. */
export function formField(name: string, more: Partial<Field> = {}): Field {
  return { name, initial: '', isRequired: true, isList: false, isSecret: false, isNumber: false, ...more }
}

interface ProductParameter {
  readonly ParameterKey?: string
  readonly DefaultValue?: string
  readonly ParameterType?: string
  readonly IsNoEcho?: boolean
  readonly Description?: string
  readonly ParameterConstraints?: {
    readonly AllowedValues?: readonly string[]
    readonly AllowedPattern?: string
    readonly ConstraintDescription?: string
    readonly MaxLength?: string
    readonly MinLength?: string
    readonly MaxValue?: string
    readonly MinValue?: string
  }
}

/** The field of a product's parameter, as DescribeProvisioningParameters describes it. */
export function productField(parameter: ProductParameter): Field {
  const { ParameterConstraints: given = {}, ParameterType = 'String' } = parameter
  const number = (text: string | undefined) => (text === undefined || text === '' ? undefined : Number(text))
  return {
    name: parameter.ParameterKey ?? '',
    description: parameter.Description,
    initial: parameter.DefaultValue ?? '',
    isRequired: parameter.DefaultValue === undefined,
    // CloudFormation's lists are one text with commas; it is given as it is.
    isList: false,
    isSecret: parameter.IsNoEcho ?? false,
    isNumber: /^number$/i.test(ParameterType),
    options: given.AllowedValues?.length ? given.AllowedValues : undefined,
    pattern: given.AllowedPattern || undefined,
    patternText: given.ConstraintDescription || undefined,
    shortest: number(given.MinLength),
    longest: number(given.MaxLength),
    least: number(given.MinValue),
    most: number(given.MaxValue),
  }
}

interface ActionParameter {
  readonly Name?: string
  readonly Type?: string
  readonly DefaultValues?: readonly string[]
}

/** What a document says of a parameter. */
export interface DocumentParameter {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly allowedValues?: readonly unknown[]
  readonly allowedPattern?: string
  readonly minChars?: number
  readonly maxChars?: number
}

/** The field of a service action's parameter: its defaults as the product has them, the rest out of the document. */
export function actionField(
  { Name = '', Type = 'String', DefaultValues = [] }: ActionParameter,
  known?: DocumentParameter,
): Field {
  const isTarget = Type === 'TARGET'
  const type = known?.type ?? Type
  const isList = /List|^StringMap|^MapList/.test(type) || (isTarget && DefaultValues.length > 1)
  return {
    name: Name,
    description: known?.description,
    initial: isList ? DefaultValues.join('\n') : (DefaultValues[0] ?? ''),
    isRequired: DefaultValues.length === 0 && known?.default === undefined,
    isList,
    isSecret: false,
    isNumber: type === 'Integer',
    // A target is one of the product's own resources.
    options: isTarget
      ? DefaultValues.length > 0
        ? DefaultValues
        : undefined
      : (known?.allowedValues?.map(String) ?? (type === 'Boolean' ? ['true', 'false'] : undefined)),
    pattern: known?.allowedPattern,
    shortest: known?.minChars,
    longest: known?.maxChars,
  }
}
