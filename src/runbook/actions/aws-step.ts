import { AwsApiError } from '../../aws/api.ts'
import type { ActionCall, Progress } from '../action.ts'
import { type FailureStage, stepFailure } from '../texts.ts'

/** What the actions that call AWS have in common. */

export type Answer = Readonly<Record<string, unknown>>

/** Calls AWS as the execution's role. Throws AwsApiError. */
export function callAws(
  { tools, abort, token }: ActionCall,
  service: string,
  operation: string,
  parameters: Readonly<Record<string, unknown>>,
  timeout?: number,
): Promise<Answer> {
  return tools.aws.call(service, operation, parameters, { abort, timeout, token })
}

/** Work that calls AWS: what AWS refuses is the step's failure. */
export async function failingAsStep(stage: FailureStage, work: () => Promise<Progress>): Promise<Progress> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AwsApiError) return awsFailure(stage, error)
    throw error
  }
}

/** Errors of ours that say that the step is wrong, not that the call failed. */
const invalid = new Set(['UnknownService', 'UnknownOperation', 'InvalidParameter', 'NotSupported'])

function awsFailure(stage: FailureStage, error: AwsApiError): Progress {
  const { code, message, service, operation, statusCode } = error
  if (invalid.has(code) && statusCode === undefined) return failed('InputValidation', message)
  // In boto3's words, which is what AWS shows.
  const said =
    statusCode === undefined
      ? message
      : `An error occurred (${code}) when calling the ${operation} operation: ${message}`
  const isRole = service === 'sts' && operation === 'AssumeRole'
  if (!isRole) return failed(stage, said)
  // SSM's sentence, and where AWS refused it the one that Service Catalog's guide lists.
  const refused = code === 'AccessDenied' ? 'Access denied while assuming the role. ' : ''
  return failed(stage, `The defined assume role is unable to be assumed. ${refused}${said}`)
}

export function failed(stage: FailureStage, cause: string, response?: Answer): Progress {
  const type = stage === 'InputValidation' ? 'InvalidInput' : 'Failed'
  return { state: 'failed', failure: stepFailure(stage, type, cause), ...(response && { response }) }
}

/** Whether another look may succeed: no answer, throttling, a fault at AWS. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof AwsApiError)) return false
  const { code, statusCode } = error
  return (
    code === 'Unreachable' || /Throttl|RequestLimitExceeded|TooManyRequests/i.test(code) || (statusCode ?? 0) >= 500
  )
}

/** What a step that polls keeps: how often it has looked, and how often in a row AWS could not answer. */
interface Looking {
  readonly looks: number
  readonly failures?: number
}

/** So often AWS may fail to answer a step that has no time limit: about half an hour. */
const mostFailures = 60

/** So often what was just made may not be there yet: EC2 tells all of its parts only by and by. */
const looksUntilThere = 10

/** Waits for the next look: soon at first, later every half minute, never beyond the step's time. */
export function lookAgain<T extends Looking>({ now }: ActionCall, handle: T): Extract<Progress, { state: 'waiting' }> {
  const { failures: _, ...kept } = handle
  const seconds = Math.min(30, 2 * 1.5 ** handle.looks)
  return {
    state: 'waiting',
    handle: { ...kept, looks: handle.looks + 1 },
    wakeAt: now + Math.round(seconds * 1000),
  }
}

/**
 * Looks, and looks again when AWS could not answer just now. `isNew`: what is looked for was made by the step itself, and
 * may not be there yet.
 */
export async function look<T extends Looking>(
  call: ActionCall,
  handle: T,
  work: () => Promise<Progress>,
  { isNew = false }: { readonly isNew?: boolean } = {},
): Promise<Progress> {
  return failingAsStep('PostProcessing', async () => {
    try {
      return await work()
    } catch (error) {
      const { looks, failures = 0 } = handle
      if (isPassing(error) && (call.deadline !== undefined || failures < mostFailures)) {
        const again = lookAgain(call, handle)
        return { ...again, handle: { ...(again.handle as T), failures: failures + 1 } }
      }
      const isMissing = error instanceof AwsApiError && error.code.endsWith('NotFound')
      if (isNew && isMissing && looks < looksUntilThere) return lookAgain(call, handle)
      throw error
    }
  })
}

/** The inputs of these names that are there, as parameters of a call. */
export function given(inputs: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  const entries = names.filter(name => inputs[name] !== undefined && inputs[name] !== null)
  return Object.fromEntries(entries.map(name => [name, inputs[name]]))
}

/** One or many, as documents write lists. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
}

export function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}

/** An answer as JSON has it, which is all that selectors and outputs know: dates in ISO 8601, bytes as text or base64. */
export function asJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return textOf(value)
  if (Array.isArray(value)) return value.map(asJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asJson(item)]))
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return Buffer.from(bytes).toString('base64')
  }
}
