import { AwsApiError } from '../../aws/api.ts'
import type { ActionCall } from '../action.ts'
import { isMap } from '../plain.ts'
import { parseSelector, SelectorError, select } from '../select.ts'
import { type Answer, asJson, callAws, listOf } from './aws-step.ts'

/** The inputs that say which operation; all others are its parameters. */
const ownInputs = ['Service', 'Api', 'PropertySelector', 'DesiredValues']

export const apiInputs = { required: ['Service', 'Api'], optional: [], others: true } as const

export const propertyInputs = {
  required: ['Service', 'Api', 'PropertySelector', 'DesiredValues'],
  optional: [],
  others: true,
} as const

/** What is wrong with Service and Api, at creation. */
export function checkApi({ Service, Api }: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of [
    ['Service', Service],
    ['Api', Api],
  ] as const) {
    if (typeof value !== 'string' || value.trim() === '') return `has ${name} that is not a name`
  }
  return undefined
}

export function checkProperty(inputs: Readonly<Record<string, unknown>>): string | undefined {
  const { PropertySelector: selector, DesiredValues: desired } = inputs
  if (typeof selector !== 'string') return 'has a PropertySelector that is not a text'
  if (isMap(desired)) return 'has DesiredValues that are not a list'
  try {
    if (!selector.includes('{{')) parseSelector(selector)
  } catch (error) {
    if (error instanceof SelectorError) return `has a PropertySelector that is not understood: ${selector}`
    throw error
  }
  return checkApi(inputs)
}

/** Calls what the step's inputs name. Throws AwsApiError. */
export async function callApi(call: ActionCall): Promise<Answer> {
  const { Service, Api } = call.inputs
  if (typeof Service !== 'string' || typeof Api !== 'string') {
    const where = { service: String(Service), operation: String(Api) }
    throw new AwsApiError('InvalidParameter', 'Service and Api must be names', where)
  }
  const parameters = Object.fromEntries(Object.entries(call.inputs).filter(([name]) => !ownInputs.includes(name)))
  return asJson(await callAws(call, Service, Api, parameters)) as Answer
}

export interface Property {
  readonly isDesired: boolean
  /** For people: what was found instead, or nothing when it could be a secret. */
  readonly found: string
}

/** Services whose answers hold secrets. */
const secretive = /^(secrets?manager|ssm|systemsmanager|simplesystemsmanager|kms|sts|ecr)/i

/**
 * Looks at the property that the selector finds. A list (a deep scan gives one) is as desired when each of its values is;
 * texts, numbers and booleans are compared as what they say: "True" is true, "3" is 3.
 */
export function propertyOf({ Service, PropertySelector, DesiredValues }: Answer, answer: Answer): Property {
  const found = select(parseSelector(String(PropertySelector)), answer)
  const values = Array.isArray(found) ? found : found === undefined || found === null ? [] : [found]
  const desired = listOf(DesiredValues).flat()
  const isDesired = values.length > 0 && values.every(value => desired.some(each => says(value, each)))
  return { isDesired, found: describe(found, String(Service)) }
}

function says(value: unknown, desired: unknown): boolean {
  if (typeof value === 'boolean') return String(desired).toLowerCase() === String(value)
  if (typeof value === 'number') return String(desired).trim() !== '' && Number(desired) === value
  if (typeof value === 'string') return value === String(desired)
  const text = typeof desired === 'string' ? desired : JSON.stringify(desired)
  return JSON.stringify(value) === text
}

function describe(found: unknown, service: string): string {
  if (found === undefined || found === null) return 'nothing'
  if (secretive.test(service.replace(/[^a-z]/gi, ''))) return 'another value'
  const text = JSON.stringify(found)
  return text.length > 200 ? `${text.slice(0, 200)}...` : text
}
