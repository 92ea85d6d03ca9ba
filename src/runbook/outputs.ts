import type { StepFailure } from '../catalog/execution.ts'
import { actions } from './actions/index.ts'
import type { StepDefinition } from './document.ts'
import { asText, emptyMap, isMap } from './plain.ts'
import { parseSelector, SelectorError, select } from './select.ts'
import { stepFailure } from './texts.ts'

/** Types that a step's output may have. */
export const outputTypes: ReadonlySet<string> = new Set([
  'String',
  'Integer',
  'Boolean',
  'StringList',
  'StringMap',
  'MapList',
])

/**
 * The outputs of a step that succeeded: those its action gives by itself and those the document selects. An output whose
 * selector finds nothing is left out, and the step has succeeded all the same (AWS's own documents rely on it); a value of
 * another type than declared fails the step.
 */
export function completeOutputs(
  step: StepDefinition,
  response: Readonly<Record<string, unknown>>,
): { readonly outputs: Readonly<Record<string, unknown>> } | { readonly failure: StepFailure } {
  const outputs = actionOutputs(step, response)
  for (const output of step.outputs) {
    try {
      const found = select(parseSelector(output.selector), response)
      if (found === undefined || found === null) continue
      const typed = withType(found, output.type)
      if (typed === undefined) {
        const cause = `Output ${output.name} of step ${step.name} is declared as ${output.type}, but its selector ${output.selector} found ${describe(found)}`
        return { failure: stepFailure('Verification', 'Failed', cause) }
      }
      outputs[output.name] = typed
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error
      const cause = `Output ${output.name} of step ${step.name}: ${error.message}`
      return { failure: stepFailure('Verification', 'Failed', cause) }
    }
  }
  return { outputs }
}

/**
 * The outputs that a step's action gives without being asked for, such as ApprovalStatus. A failed step has these too when
 * it has a response: documents branch over the ApprovalStatus of a rejected step.
 */
export function actionOutputs(
  step: StepDefinition,
  response: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const outputs = emptyMap()
  const given = actions.get(step.action)?.outputs ?? []
  for (const name of given === 'response' ? Object.keys(response) : given) {
    const value = Object.hasOwn(response, name) ? response[name] : undefined
    if (value !== undefined && value !== null) outputs[name] = value
  }
  return outputs
}

/** The value as the declared type has it; undefined when it is of another type. Without a type it stays as it is. */
function withType(value: unknown, type: string | undefined): unknown {
  // A filter or a deep scan always gives a list; a document that declares one value means the one that was found.
  const one = Array.isArray(value) && value.length === 1 ? value[0] : value
  switch (type) {
    case undefined:
      return value
    case 'String':
      return isScalar(one) ? asText(one) : undefined
    case 'Integer':
      if (typeof one === 'string' && /^-?\d{1,15}$/.test(one)) return Number(one)
      return Number.isInteger(one) ? one : undefined
    case 'Boolean':
      if (typeof one === 'string' && /^(true|false)$/i.test(one)) return one.toLowerCase() === 'true'
      return typeof one === 'boolean' ? one : undefined
    case 'StringList':
      return Array.isArray(value) && value.every(isScalar) ? value.map(asText) : undefined
    case 'StringMap':
      return isMap(one) ? one : undefined
    case 'MapList':
      return Array.isArray(value) && value.every(isMap) ? value : undefined
    default:
      return undefined
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function describe(value: unknown): string {
  const kind = Array.isArray(value) ? 'a list' : isMap(value) ? 'a map' : `a ${typeof value}`
  const text = JSON.stringify(value) ?? ''
  return `${kind}: ${text.length > 200 ? `${text.slice(0, 200)}...` : text}`
}

/**
 * How GetAutomationExecution shows an output: a list of strings. Maps are compact JSON with Gson's escapes, as real
 * transcripts have them (`=` is \u003d).
 */
export function asOutputStrings(value: unknown): string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.map(outputString)
  return [outputString(value)]
}

function outputString(value: unknown): string {
  return typeof value === 'string' ? value : gson(value)
}

const gsonEscapes = /[<>&='\u2028\u2029]/g

function gson(value: unknown): string {
  const json = JSON.stringify(value) ?? 'null'
  // Outside of strings JSON has none of these characters, so replacing them in the whole text is safe.
  return json.replace(gsonEscapes, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
