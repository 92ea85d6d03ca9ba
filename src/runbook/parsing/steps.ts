import type { Action } from '../action.ts'
import { actions } from '../actions/index.ts'
import { DocumentError, type OutputDefinition, type StepDefinition } from '../document.ts'
import { references } from '../interpolate.ts'
import { outputTypes } from '../outputs.ts'
import { isMap, type PlainMap, plain } from '../plain.ts'
import { parseSelector, SelectorError } from '../select.ts'
import { checkProperties, optionalBoolean, optionalNumber, optionalText } from './properties.ts'

export const stepProperties = [
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
] as const

const stepName = /^[a-zA-Z0-9_]{1,128}$/

/** Levels of loops within loops; each may go round a hundred times. */
const maxLoopDepth = 3

/** What holds for all steps of a document. */
export interface StepRules {
  /** Accepts the actions that only our own documents may name. */
  readonly internal: boolean
  /** Names that are taken: steps inside loops share the document's, since they are referred to by plain name. */
  readonly names: Set<string>
}

/** The steps in `where` (`mainSteps`, or the Steps of a loop). */
export function parseSteps(source: unknown, where: string, rules: StepRules, depth = 0): StepDefinition[] {
  if (!Array.isArray(source) || source.length === 0)
    throw new DocumentError(`${where} must be a list of at least one step.`)
  return source.map((each, index) => parseStep(each, `Step ${index + 1} of ${where}`, rules, depth))
}

function parseStep(source: unknown, position: string, rules: StepRules, depth: number): StepDefinition {
  if (!isMap(source)) throw new DocumentError(`${position} must be a map.`)
  const name = optionalText(source, 'name', position)
  if (name === undefined) throw new DocumentError(`${position} has no name.`)
  const where = `Step "${name}"`
  if (!stepName.test(name)) {
    throw new DocumentError(`${where}: the name must have 1 to 128 letters, digits and underscores.`)
  }
  if (rules.names.has(name)) throw new DocumentError(`${where} is there twice: step names must be unique.`)
  rules.names.add(name)
  checkProperties(source, stepProperties, where)
  const actionName = optionalText(source, 'action', where)
  if (actionName === undefined) throw new DocumentError(`${where} has no action.`)
  const action = actions.get(actionName)
  if (!action || (action.internal && !rules.internal)) {
    throw new DocumentError(`${where} has an unknown action, or one that is not supported yet: ${actionName}.`)
  }
  const inputs = parseInputs(source['inputs'], action, where)
  const onCancel = parseOnCancel(source, where)
  if (action.innerSteps && onCancel !== undefined) {
    throw new DocumentError(`${where}: ${actionName} has no onCancel; steps inside of it may have one.`)
  }
  if (action.innerSteps && depth >= maxLoopDepth) {
    throw new DocumentError(`${where}: loops may not be nested more than ${maxLoopDepth} deep.`)
  }
  const maxAttempts = optionalNumber(source, 'maxAttempts', where) ?? 1
  if (maxAttempts < 1 || maxAttempts > 100) throw new DocumentError(`${where}: maxAttempts must be from 1 to 100.`)
  return {
    name,
    action: actionName,
    description: optionalText(source, 'description', where),
    inputs,
    outputs: parseStepOutputs(source['outputs'], where),
    onFailure: parseOnFailure(source, where),
    declaresOnFailure: (source['onFailure'] ?? undefined) !== undefined,
    onCancel,
    isCritical: optionalBoolean(source, 'isCritical', where),
    isEnd: optionalBoolean(source, 'isEnd', where) ?? false,
    nextStep: optionalText(source, 'nextStep', where),
    maxAttempts,
    timeoutSeconds: parseTimeout(source, action, where),
    repeatable: optionalBoolean(source, 'bellhop:repeatable', where) ?? true,
    ...(action.innerSteps && { steps: parseSteps(inputs['Steps'], `the Steps of ${name}`, rules, depth + 1) }),
  }
}

function parseInputs(source: unknown, action: Action, where: string): PlainMap {
  const inputs = source ?? plain({})
  if (!isMap(inputs)) throw new DocumentError(`${where}: inputs must be a map.`)
  const known = [...action.inputs.required, ...action.inputs.optional]
  for (const name of Object.keys(inputs)) {
    if (!known.includes(name) && !action.inputs.others)
      throw new DocumentError(`${where}: ${action.name} has no input ${name}.`)
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

function parseTimeout(
  source: PlainMap,
  { longestTimeoutSeconds: most }: Action,
  where: string,
): number | string | undefined {
  const value = source['timeoutSeconds']
  if (typeof value === 'string' && references(value).length > 0) return value
  const seconds = optionalNumber(source, 'timeoutSeconds', where)
  if (seconds !== undefined && seconds < 1) throw new DocumentError(`${where}: timeoutSeconds must be at least 1.`)
  if (seconds !== undefined && most !== undefined && seconds > most) {
    throw new DocumentError(`${where}: timeoutSeconds must be at most ${most}.`)
  }
  return seconds
}
