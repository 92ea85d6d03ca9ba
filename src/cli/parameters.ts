import type { OperationModel, ServiceModel, Shape, ShapeRef, StructureShape } from '../model/service-model.ts'
import type { Paginator } from '../model/services.ts'
import type { ArgumentValue, OptionSpec } from './arguments.ts'
import { OptionValueError, ParamError } from './errors.ts'
import { JsonError, parseJson } from './json.ts'
import { kebabCase } from './names.ts'
import { type FileContext, loadParameterFile } from './paramfile.ts'
import { fitToModel, floatOrRefuse, integerOrRefuse, parseShorthand, ShorthandError } from './shorthand.ts'
import { Bytes, Float, stripStart, type Value, type ValueMap } from './values.ts'

/** One input member of an operation and the option that fills it. */
export interface Parameter {
  readonly member: string
  /** Without dashes, e.g. `provisioned-product-id`. */
  readonly name: string
  readonly ref: ShapeRef
  readonly shape: Shape
  readonly required: boolean
}

/** Options that stand beside an operation's own. */
export const INPUT_OPTIONS = ['cli-input-json', 'cli-input-yaml'] as const
const SKELETON_KINDS = ['input', 'yaml-input', 'output'] as const

/** The parameters of an operation in the model's order. Idempotency tokens are never required: they are filled in. */
export function parametersOf(model: ServiceModel, operation: OperationModel): Parameter[] {
  const input = operation.input ? (model.shapes[operation.input.shape] as StructureShape) : undefined
  return Object.entries(input?.members ?? {}).map(([member, ref]) => ({
    member,
    name: kebabCase(member),
    ref,
    shape: model.shapes[ref.shape]!,
    required: (input?.required ?? []).includes(member) && !ref.idempotencyToken,
  }))
}

/** The option table of an operation. `demandRequired` is off when the input comes from --cli-input-* or is not needed. */
export function operationOptions(
  parameters: readonly Parameter[],
  paginator: Paginator | undefined,
  demandRequired: boolean,
): OptionSpec[] {
  const options = new Map<string, OptionSpec>()
  const add = (spec: OptionSpec) => options.set(spec.flag, spec)
  for (const { name, shape, required } of parameters) {
    const flag = `--${name}`
    if (shape.type === 'boolean') {
      add({ flag, dest: name, takes: 'flag', constant: true })
      add({ flag: `--no-${name}`, dest: name, takes: 'flag', constant: false })
    } else {
      const type =
        shape.type === 'long' ? 'int' : shape.type === 'float' || shape.type === 'double' ? 'float' : undefined
      const takes = shape.type === 'list' ? 'many' : 'one'
      add({ flag, dest: name, takes, type, required: required && demandRequired })
    }
  }
  for (const name of INPUT_OPTIONS) add({ flag: `--${name}`, dest: name, takes: 'one' })
  if (paginator) {
    add({ flag: '--starting-token', dest: 'starting-token', takes: 'one' })
    if (paginator.limit_key) add({ flag: '--page-size', dest: 'page-size', takes: 'one', type: 'int' })
    add({ flag: '--max-items', dest: 'max-items', takes: 'one', type: 'int' })
  }
  add({
    flag: '--generate-cli-skeleton',
    dest: 'generate-cli-skeleton',
    takes: 'optional',
    constant: 'input',
    choices: SKELETON_KINDS,
  })
  return [...options.values()]
}

/** What turns the words of options into input needs from outside. */
export interface InputContext extends FileContext {
  readonly shapes: Readonly<Record<string, Shape>>
}

/** The input that the operation's own options give. Throws OptionValueError, or a general error for a bad number. */
export function inputFromOptions(
  parameters: readonly Parameter[],
  values: ReadonlyMap<string, ArgumentValue>,
  context: InputContext,
): ValueMap {
  const input: ValueMap = new Map()
  for (const parameter of parameters) {
    const given = values.get(parameter.name)
    if (given !== undefined) input.set(parameter.member, fromOption(parameter, given, context))
  }
  return input
}

function fromOption(parameter: Parameter, given: ArgumentValue, context: InputContext): Value {
  if (typeof given === 'boolean' || typeof given === 'bigint') return given
  if (typeof given === 'number') return /^(float|double)$/.test(parameter.shape.type) ? new Float(given) : given
  const option = `--${parameter.name}`
  const loaded = loadOption(option, given, context)
  if (loaded instanceof Bytes) return loaded
  return readShorthand(parameter, loaded, context) ?? unpack(parameter.ref, loaded, option, context)
}

/** The content of a file when the option's whole value (or its only word) names one. */
export function loadOption(
  option: string,
  given: string | readonly string[],
  context: FileContext,
): string | readonly string[] | Bytes {
  const word = typeof given === 'string' ? given : given.length === 1 ? given[0]! : undefined
  if (word === undefined) return given
  try {
    return loadParameterFile(word, context) ?? given
  } catch (error) {
    throw error instanceof ParamError ? new OptionValueError(option, error.message, { cause: error }) : error
  }
}

/** The value as shorthand, when it is none of JSON and the model is complex enough for shorthand; else undefined. */
function readShorthand(
  parameter: Parameter,
  given: string | readonly string[],
  context: InputContext,
): Value | undefined {
  const { shape, ref, name } = parameter
  const first = typeof given === 'string' ? given : given[0]
  if (first !== undefined && /^[[{]/.test(stripStart(first))) return undefined
  const isComplex = (candidate: Shape) => ['structure', 'list', 'map'].includes(candidate.type)
  if (!isComplex(shape) || (shape.type === 'list' && !isComplex(context.shapes[shape.member.shape]!))) return undefined
  const parse = (text: string) => parseShorthand(text, word => loadParameterFile(word, context))
  try {
    return fitToModel(typeof given === 'string' ? parse(given) : given.map(parse), ref, context.shapes)
  } catch (error) {
    if (error instanceof ShorthandError || error instanceof ParamError) {
      throw new OptionValueError(`--${name}`, error.message, { cause: error })
    }
    throw error
  }
}

/** The value as JSON, number, boolean or text, by its model. */
function unpack(ref: ShapeRef, given: string | readonly string[], option: string, context: InputContext): Value {
  const shape = context.shapes[ref.shape]!
  const text = typeof given === 'string' ? given : undefined
  switch (shape.type) {
    case 'structure':
    case 'map':
      if (text !== undefined && stripStart(text).startsWith('{')) return json(text, option)
      throw new OptionValueError(option, `Invalid JSON:\n${text ?? ''}`)
    case 'list': {
      if (text !== undefined && stripStart(text).startsWith('[')) return json(text, option)
      if (text === undefined && given.length === 1 && stripStart(given[0]!).startsWith('['))
        return json(given[0]!, option)
      // A text here is the content of a file: it is taken apart like the word it stands for.
      const words = typeof given === 'string' ? [given] : given
      return words.map(word => unpack(shape.member, word, option, context))
    }
    case 'integer':
    case 'long':
      return integerOrRefuse(text ?? '')
    case 'float':
    case 'double':
      return floatOrRefuse(text ?? '')
    case 'boolean':
      return text?.toLowerCase() !== 'false'
    default:
      return text ?? ''
  }
}

function json(text: string, option: string): Value {
  try {
    return parseJson(text, { ordered: true })
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw new OptionValueError(option, `Invalid JSON: ${error.message}\nJSON received: ${text}`, { cause: error })
  }
}

/**
 * Turn the texts of binary members into bytes: base64 by default, the text itself with `raw-in-base64-out`.
 * Throws a ParamError for what is no base64.
 */
export function decodeBlobs(
  value: Value,
  ref: ShapeRef,
  shapes: Readonly<Record<string, Shape>>,
  format: 'base64' | 'raw-in-base64-out',
): Value {
  const shape = shapes[ref.shape]!
  if (shape.type === 'structure' && value instanceof Map) {
    for (const [name, member] of Object.entries(shape.members)) {
      if (value.has(name)) value.set(name, decodeBlobs(value.get(name)!, member, shapes, format))
    }
  } else if (shape.type === 'map' && value instanceof Map) {
    for (const [key, item] of value) value.set(key, decodeBlobs(item, shape.value, shapes, format))
  } else if (shape.type === 'list' && Array.isArray(value)) {
    return value.map(item => decodeBlobs(item, shape.member, shapes, format))
  } else if (shape.type === 'blob' && typeof value === 'string') {
    if (format === 'raw-in-base64-out') return new Bytes(Buffer.from(value))
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value.replace(/\s/g, ''))) {
      throw new ParamError(`Invalid base64: "${value}"`)
    }
    return new Bytes(Buffer.from(value, 'base64'))
  }
  return value
}

/** Whether a value can be a page size or an item count. */
export function asCount(value: ArgumentValue | undefined): number | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined
}
