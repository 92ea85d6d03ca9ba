import { type ParsedNode, parseDocument as parseYaml } from 'yaml'
import type { Action } from './action.ts'
import { actions } from './actions/index.ts'
import type {
  AutomationDocument,
  OutputDefinition,
  ParameterDefinition,
  StepDefinition,
  VariableDefinition,
} from './document.ts'
import { DocumentError } from './document.ts'
import { references } from './interpolate.ts'
import { outputTypes } from './outputs.ts'
import { isParameterType, isStoreReference } from './parameters.ts'
import { isMap, type PlainMap, plain } from './plain.ts'
import { parseSelector, SelectorError } from './select.ts'

/** Characters; SSM's own limit of a document is 64 KB. */
export const maxDocumentSize = 65_536

const documentProperties = [
  'schemaVersion',
  'description',
  'assumeRole',
  'parameters',
  'variables',
  'mainSteps',
  'outputs',
  'files',
]
const parameterProperties = [
  'type',
  'description',
  'default',
  'allowedValues',
  'allowedPattern',
  'displayType',
  'minItems',
  'maxItems',
  'minChars',
  'maxChars',
  'minValue',
  'maxValue',
]
const stepProperties = [
  'name',
  'action',
  'description',
  'inputs',
  'outputs',
  'onFailure',
  'onCancel',
  'isCritical',
  'isEnd',
  'nextStep',
  'maxAttempts',
  'timeoutSeconds',
  'bellhop:repeatable',
]

const stepName = /^[a-zA-Z0-9_]{1,128}$/
const parameterName = /^[a-zA-Z0-9_.\-:]{1,255}$/

/** Where onCancel may not lead: the cancellation workflow has two minutes and nobody to ask. */
const notOnCancel: ReadonlySet<string> = new Set(
  ['approve', 'copyImage', 'createImage', 'createStack', 'createTags', 'pause', 'runInstances', 'sleep'].map(
    name => `aws:${name}`,
  ),
)

/**
 * Parses and validates an automation document (schemaVersion 0.3). Throws DocumentError, which names the step and the
 * reason.
 * @param format without it, content is JSON when it starts with a brace and is well-formed JSON, else YAML
 * @param options.internal accepts the actions that only our own documents may name
 */
export function parseDocument(
  content: string,
  format?: 'YAML' | 'JSON',
  options?: { readonly internal?: boolean },
): AutomationDocument {
  const source = read(content, format)
  if (!isMap(source)) throw new DocumentError('The document is not a map of properties.')
  checkProperties(source, documentProperties, 'The document')
  if (String(source['schemaVersion']) !== '0.3') {
    throw new DocumentError(
      source['schemaVersion'] === undefined
        ? 'schemaVersion is missing: an Automation document has schemaVersion 0.3.'
        : `schemaVersion ${String(source['schemaVersion'])} is not supported: an Automation document has schemaVersion 0.3.`,
    )
  }
  const mainSteps = parseSteps(source['mainSteps'], options?.internal ?? false)
  checkTargets(mainSteps)
  checkCycles(mainSteps)
  const variables = parseVariables(source['variables'])
  return {
    schemaVersion: '0.3',
    description: optionalText(source, 'description', 'The document'),
    assumeRole: optionalText(source, 'assumeRole', 'The document'),
    parameters: parseParameters(source['parameters']),
    variables,
    mainSteps,
    outputs: parseOutputs(source['outputs'], mainSteps, variables),
  }
}

function read(content: string, format: 'YAML' | 'JSON' | undefined): unknown {
  if (content.length > maxDocumentSize || Buffer.byteLength(content) > maxDocumentSize) {
    throw new DocumentError(`The document is larger than ${maxDocumentSize / 1024} KB.`)
  }
  if (format !== undefined) return format === 'JSON' ? readJson(content) : readYaml(content)
  if (!content.trimStart().startsWith('{')) return readYaml(content)
  try {
    return readJson(content)
  } catch (error) {
    // YAML has maps in braces too, with keys that JSON does not take.
    try {
      return readYaml(content)
    } catch {
      throw error
    }
  }
}

function readJson(content: string): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(content)
  } catch (error) {
    throw new DocumentError(`JSON not well-formed. ${(error as Error).message}`)
  }
  return plain(parsed)
}

/**
 * YAML 1.1 as SSM's parser takes it: lenient about indentation and about keys that occur twice, but without the tags and
 * implicit types (timestamps, binary) that make objects. `yaml` refuses too many aliases by itself.
 */
function readYaml(content: string): unknown {
  const document = parseYaml<ParsedNode>(content, {
    version: '1.1',
    schema: 'core',
    merge: true,
    strict: false,
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) {
    if (problem.message.includes('call stack')) throw new DocumentError('The document is nested too deep.')
    const before = content.slice(0, problem.pos[0]).split('\n')
    throw new DocumentError(
      `YAML not well-formed. At Line: ${before.length}, Column: ${before.at(-1)!.length + 1}: ${problem.message}`,
    )
  }
  try {
    return plain(document.toJS({ maxAliasCount: 50 }))
  } catch (error) {
    if (error instanceof RangeError) throw new DocumentError('The document is nested too deep.')
    if (error instanceof DocumentError) throw error
    throw new DocumentError(`YAML not well-formed. ${(error as Error).message}`)
  }
}

function checkProperties(source: PlainMap, known: readonly string[], where: string): void {
  const unknown = Object.keys(source).filter(name => !known.includes(name))
  if (unknown.length > 0) throw new DocumentError(`${where} has an unknown property: ${unknown.join(', ')}.`)
}

function optionalText(source: PlainMap, name: string, where: string): string | undefined {
  const value = source[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new DocumentError(`${where}: ${name} must be a string.`)
}

function optionalNumber(source: PlainMap, name: string, where: string): number | undefined {
  const value = source[name]
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (!Number.isInteger(number)) throw new DocumentError(`${where}: ${name} must be a whole number.`)
  return number as number
}

/** Documents in JSON, and templates that make them, often write "true" for true. */
function optionalBoolean(source: PlainMap, name: string, where: string): boolean | undefined {
  const value = source[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  throw new DocumentError(`${where}: ${name} must be true or false.`)
}

function parseParameters(source: unknown): Map<string, ParameterDefinition> {
  const parameters = new Map<string, ParameterDefinition>()
  if (source === undefined || source === null) return parameters
  if (!isMap(source)) throw new DocumentError('parameters must be a map.')
  for (const [name, definition] of Object.entries(source)) {
    const where = `Parameter "${name}"`
    if (!parameterName.test(name)) throw new DocumentError(`${where}: the name is not valid.`)
    if (!isMap(definition)) throw new DocumentError(`${where} must be a map.`)
    checkProperties(definition, parameterProperties, where)
    const type = parameterType(definition, where)
    const allowedValues = definition['allowedValues'] ?? undefined
    if (allowedValues !== undefined && !Array.isArray(allowedValues)) {
      throw new DocumentError(`${where}: allowedValues must be a list.`)
    }
    const number = (property: string) => optionalNumber(definition, property, where)
    parameters.set(name, {
      type,
      description: optionalText(definition, 'description', where),
      default: definition['default'] ?? undefined,
      allowedValues,
      allowedPattern: optionalText(definition, 'allowedPattern', where),
      minItems: number('minItems'),
      maxItems: number('maxItems'),
      minChars: number('minChars'),
      maxChars: number('maxChars'),
      minValue: number('minValue'),
      maxValue: number('maxValue'),
    })
  }
  return parameters
}

function parameterType(definition: PlainMap, where: string): string {
  const type = optionalText(definition, 'type', where)
  if (type === undefined) throw new DocumentError(`${where} has no type.`)
  if (!isParameterType(type)) throw new DocumentError(`${where} has an unknown type: ${type}.`)
  return type
}

function parseVariables(source: unknown): Map<string, VariableDefinition> {
  const variables = new Map<string, VariableDefinition>()
  if (source === undefined || source === null) return variables
  if (!isMap(source)) throw new DocumentError('variables must be a map.')
  for (const [name, definition] of Object.entries(source)) {
    const where = `Variable "${name}"`
    if (!isMap(definition)) throw new DocumentError(`${where} must be a map.`)
    checkProperties(definition, parameterProperties, where)
    const description = optionalText(definition, 'description', where)
    const value = definition['default'] ?? undefined
    if (isStoreReference(value))
      throw new DocumentError(`${where}: a default from the parameter store is not supported.`)
    variables.set(name, { type: parameterType(definition, where), description, default: value })
  }
  return variables
}

function parseSteps(source: unknown, internal: boolean): StepDefinition[] {
  if (!Array.isArray(source) || source.length === 0)
    throw new DocumentError('mainSteps must be a list of at least one step.')
  const names = new Set<string>()
  return source.map((each, index) => {
    const step = parseStep(each, `Step ${index + 1} of mainSteps`, internal)
    if (names.has(step.name)) throw new DocumentError(`Step "${step.name}" is there twice: step names must be unique.`)
    names.add(step.name)
    return step
  })
}

function parseStep(source: unknown, position: string, internal: boolean): StepDefinition {
  if (!isMap(source)) throw new DocumentError(`${position} must be a map.`)
  const name = optionalText(source, 'name', position)
  if (name === undefined) throw new DocumentError(`${position} has no name.`)
  const where = `Step "${name}"`
  if (!stepName.test(name)) {
    throw new DocumentError(`${where}: the name must have 1 to 128 letters, digits and underscores.`)
  }
  checkProperties(source, stepProperties, where)
  const actionName = optionalText(source, 'action', where)
  if (actionName === undefined) throw new DocumentError(`${where} has no action.`)
  const action = actions.get(actionName)
  if (!action || (action.internal && !internal)) {
    throw new DocumentError(`${where} has an unknown action, or one that is not supported yet: ${actionName}.`)
  }
  const inputs = parseInputs(source['inputs'], action, where)
  const maxAttempts = optionalNumber(source, 'maxAttempts', where) ?? 1
  if (maxAttempts < 1 || maxAttempts > 100) throw new DocumentError(`${where}: maxAttempts must be from 1 to 100.`)
  return {
    name,
    action: actionName,
    description: optionalText(source, 'description', where),
    inputs,
    outputs: parseStepOutputs(source['outputs'], where),
    onFailure: parseOnFailure(source, where),
    onCancel: parseOnCancel(source, where),
    isCritical: optionalBoolean(source, 'isCritical', where),
    isEnd: optionalBoolean(source, 'isEnd', where) ?? false,
    nextStep: optionalText(source, 'nextStep', where),
    maxAttempts,
    timeoutSeconds: parseTimeout(source, where),
    repeatable: optionalBoolean(source, 'bellhop:repeatable', where) ?? true,
  }
}

function parseInputs(source: unknown, action: Action, where: string): PlainMap {
  const inputs = source ?? plain({})
  if (!isMap(inputs)) throw new DocumentError(`${where}: inputs must be a map.`)
  const known = [...action.inputs.required, ...action.inputs.optional]
  for (const name of Object.keys(inputs)) {
    if (!known.includes(name)) throw new DocumentError(`${where}: ${action.name} has no input ${name}.`)
    if (action.opaqueInputs?.includes(name)) continue
    // Only a parameter's default may come from the parameter store.
    const stored = references(inputs[name]).find(reference => reference.startsWith('ssm:'))
    if (stored !== undefined) {
      throw new DocumentError(
        `${where}: input ${name} refers to {{${stored}}}, which only a parameter's default may do.`,
      )
    }
  }
  for (const name of action.inputs.required) {
    if (inputs[name] === undefined || inputs[name] === null) {
      throw new DocumentError(`${where}: ${action.name} needs the input ${name}.`)
    }
  }
  const problem = action.check?.(inputs)
  if (problem !== undefined) throw new DocumentError(`${where} ${problem}.`)
  return inputs
}

function parseStepOutputs(source: unknown, where: string): OutputDefinition[] {
  if (source === undefined || source === null) return []
  if (!Array.isArray(source)) throw new DocumentError(`${where}: outputs must be a list.`)
  return source.map(output => {
    if (!isMap(output)) throw new DocumentError(`${where}: an output must be a map.`)
    checkProperties(output, ['Name', 'Selector', 'Type'], `${where}: an output`)
    const name = optionalText(output, 'Name', where)
    const selector = optionalText(output, 'Selector', where)
    const type = optionalText(output, 'Type', where)
    if (name === undefined || selector === undefined) {
      throw new DocumentError(`${where}: an output must have Name and Selector.`)
    }
    if (type !== undefined && !outputTypes.has(type)) {
      throw new DocumentError(`${where}: output ${name} has an unknown type: ${type}.`)
    }
    try {
      parseSelector(selector)
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error
      throw new DocumentError(`${where}: output ${name}: ${error.message}`)
    }
    return { name, selector, type }
  })
}

function parseOnFailure(source: PlainMap, where: string): StepDefinition['onFailure'] {
  const value = optionalText(source, 'onFailure', where)
  if (value === undefined || /^abort$/i.test(value)) return { kind: 'Abort' }
  if (/^continue$/i.test(value)) return { kind: 'Continue' }
  if (value.startsWith('step:')) return { kind: 'step', step: value.slice('step:'.length).trim() }
  throw new DocumentError(`${where}: onFailure must be Abort, Continue or step:NAME.`)
}

function parseOnCancel(source: PlainMap, where: string): StepDefinition['onCancel'] {
  const value = optionalText(source, 'onCancel', where)
  if (value === undefined) return undefined
  if (/^abort$/i.test(value)) return { kind: 'Abort' }
  if (value.startsWith('step:')) return { kind: 'step', step: value.slice('step:'.length).trim() }
  throw new DocumentError(`${where}: onCancel must be Abort or step:NAME.`)
}

function parseTimeout(source: PlainMap, where: string): number | string | undefined {
  const value = source['timeoutSeconds']
  if (typeof value === 'string' && references(value).length > 0) return value
  const seconds = optionalNumber(source, 'timeoutSeconds', where)
  if (seconds !== undefined && seconds < 1) throw new DocumentError(`${where}: timeoutSeconds must be at least 1.`)
  return seconds
}

function parseOutputs(
  source: unknown,
  steps: readonly StepDefinition[],
  variables: ReadonlyMap<string, VariableDefinition>,
): string[] {
  if (source === undefined || source === null) return []
  if (!Array.isArray(source)) throw new DocumentError('outputs must be a list.')
  return source.map(output => {
    if (typeof output !== 'string') throw new DocumentError('outputs must be a list of strings such as step.Output.')
    if (output.startsWith('variable:')) {
      if (variables.has(output.slice('variable:'.length))) return output
      throw new DocumentError(`Output ${output} names a variable that is not defined.`)
    }
    const dot = output.indexOf('.')
    const step = output.slice(0, Math.max(dot, 0))
    if (dot < 1 || dot === output.length - 1)
      throw new DocumentError(`Output ${output} is not of the form step.Output.`)
    if (!steps.some(each => each.name === step)) {
      throw new DocumentError(`Output ${output} names step "${step}", which does not exist.`)
    }
    return output
  })
}

/** The steps that a step can lead to when it succeeds; undefined is the end. */
function successors(steps: readonly StepDefinition[], index: number): (string | undefined)[] {
  const step = steps[index]!
  const order = step.isEnd ? undefined : (step.nextStep ?? steps[index + 1]?.name)
  const chosen = actions.get(step.action)?.chooses?.(step.inputs)
  if (!chosen) return [order]
  return chosen.others ? [...chosen.steps, order] : [...chosen.steps]
}

function checkTargets(steps: readonly StepDefinition[]): void {
  const names = new Map(steps.map(step => [step.name, step]))
  for (const [index, step] of steps.entries()) {
    const check = (target: string | undefined, what: string) => {
      if (target !== undefined && !names.has(target)) {
        throw new DocumentError(`Step "${step.name}": ${what} names step "${target}", which does not exist.`)
      }
    }
    check(step.nextStep, 'nextStep')
    if (step.onFailure.kind === 'step') check(step.onFailure.step, 'onFailure')
    if (step.onCancel?.kind === 'step') {
      check(step.onCancel.step, 'onCancel')
      const action = names.get(step.onCancel.step)!.action
      if (notOnCancel.has(action)) {
        throw new DocumentError(`Step "${step.name}": onCancel may not lead to a step with action ${action}.`)
      }
    }
    for (const target of successors(steps, index)) check(target, 'a choice')
  }
}

/**
 * Refuses a circle that no success can leave. Jumps backwards by onFailure, and by branches that have another way out, are
 * ordinary: real documents have them.
 */
function checkCycles(steps: readonly StepDefinition[]): void {
  const index = new Map(steps.map((step, position) => [step.name, position]))
  const next = steps.map((_, position) => successors(steps, position))
  const ending = new Set<number>()
  for (let grown = true; grown; ) {
    grown = false
    // Backwards, as most steps lead to the one after them.
    for (let position = steps.length - 1; position >= 0; position--) {
      if (ending.has(position)) continue
      if (next[position]!.some(target => target === undefined || ending.has(index.get(target)!))) {
        ending.add(position)
        grown = true
      }
    }
  }
  const stuck = steps.findIndex((_, position) => !ending.has(position))
  if (stuck < 0) return
  const path: number[] = []
  let at = stuck
  while (!path.includes(at)) {
    path.push(at)
    at = index.get(next[at]![0]!)!
  }
  const circle = [...path.slice(path.indexOf(at)), at].map(position => steps[position]!.name)
  throw new DocumentError(`Step "${circle[0]}": the steps form an infinite loop: ${circle.join(' -> ')}.`)
}
