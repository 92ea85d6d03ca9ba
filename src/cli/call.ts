import type { OperationModel, ServiceModel } from '../model/service-model.ts'
import type { Credentials } from '../sigv4/types.ts'
import { fromDecoded, shapeAnswer, type TimestampStyle } from './answer.ts'
import type { Endpoint } from './endpoint.ts'
import { CliError, ServiceFailure } from './errors.ts'
import type { Answer, OutgoingRequest, TransportOptions } from './http.ts'
import { parseJson } from './json.ts'
import { parseTimestampInput } from './validate.ts'
import { Bytes, Float, type Value, type ValueMap } from './values.ts'

/** What a call needs from outside, so that tests can drive it. */
export interface CallContext {
  readonly now: () => Date
  /** In [0, 1). */
  readonly random: () => number
  /** Milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly userAgent: string
  /** For --debug; never given a secret, a token or a signature. */
  readonly debug: (message: string) => void
}

export interface CallSettings {
  /** The command's name, which is also what requests are signed for. */
  readonly service: string
  readonly model: ServiceModel
  readonly operation: OperationModel
  readonly endpoint: Endpoint
  /** Undefined: not signed. */
  readonly credentials: (() => Promise<Credentials>) | undefined
  readonly transport: TransportOptions
  readonly maxAttempts: number
  readonly timestamps: TimestampStyle
}

/** Source: botocore's standard retry mode. */
const RETRIED_STATUS = new Set([500, 502, 503, 504, 429])
const RETRIED_CODES = new Set([
  'RequestTimeout',
  'RequestTimeoutException',
  'PriorRequestNotComplete',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'TransactionInProgressException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'RequestThrottled',
  'SlowDown',
  'EC2ThrottledException',
])
const MAX_BACKOFF_SECONDS = 20

/** What one invocation may spend on retries; without it a broken service would be asked for ever. */
export class RetryQuota {
  #tokens = 500
  #lastCost = 0

  take(isTimeout: boolean): boolean {
    const cost = isTimeout ? 10 : 5
    if (this.#tokens < cost) return false
    this.#tokens -= cost
    this.#lastCost = cost
    return true
  }

  release(): void {
    this.#tokens = Math.min(500, this.#tokens + (this.#lastCost || 1))
    this.#lastCost = 0
  }
}

/**
 * Make one call: fill in the idempotency token, encode, sign, send, retry, decode. The token is the same on every try.
 * Throws ServiceFailure for the service's errors and CliError for everything else.
 */
export async function call(
  settings: CallSettings,
  context: CallContext,
  input: ValueMap,
  quota: RetryQuota,
): Promise<ValueMap> {
  const { model, operation } = settings
  const { encodeRequest } = await import('../protocol/client.ts')
  const encoded = encodeRequest(model, operation.name, encodable(input, settings))
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryOnce(settings, context, encoded, attempt)
    if ('answer' in outcome) {
      quota.release()
      return outcome.answer
    }
    const { failure, retryable, isTimeout } = outcome
    if (!retryable) throw failure(undefined)
    if (attempt >= settings.maxAttempts || !quota.take(isTimeout)) throw failure(attempt - 1)
    const delay = Math.min(context.random() * 2 ** (attempt - 1), MAX_BACKOFF_SECONDS)
    context.debug(`attempt ${attempt} failed, trying again in ${delay.toFixed(2)} s`)
    await context.sleep(delay * 1000)
  }
}

/** Add the idempotency members that are missing, in place. */
export function fillTokens(input: ValueMap, model: ServiceModel, operation: OperationModel, uuid: () => string): void {
  const shape = operation.input ? model.shapes[operation.input.shape] : undefined
  if (shape?.type !== 'structure') return
  for (const [name, ref] of Object.entries(shape.members)) {
    if (ref.idempotencyToken && !input.has(name)) input.set(name, uuid())
  }
}

interface Failed {
  /** The error to end with; `retries` is how often it was tried again, when that was allowed. */
  readonly failure: (retries: number | undefined) => CliError
  readonly retryable: boolean
  readonly isTimeout: boolean
}

interface EncodedRequest {
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

async function tryOnce(
  settings: CallSettings,
  context: CallContext,
  encoded: EncodedRequest,
  attempt: number,
): Promise<{ readonly answer: ValueMap } | Failed> {
  const { send, TransportError } = await import('./http.ts')
  const request = await signed(settings, context, encoded, attempt)
  context.debug(`attempt ${attempt}: ${request.method} ${settings.endpoint.text} (${request.body.length} bytes)`)
  let answer: Answer
  try {
    answer = await send(request, settings.transport)
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    return {
      failure: () => new CliError(error.message, { cause: error }),
      retryable: true,
      isTimeout: error.isTimeout,
    }
  }
  context.debug(`answer: HTTP ${answer.status}, ${answer.body.length} bytes`)
  if (answer.status < 300) return { answer: await decode(settings, answer) }
  const { decodeError } = await import('../protocol/client.ts')
  const { code, message } = decodeError(answer.status, answer.headers, answer.body)
  return {
    failure: retries => new ServiceFailure(settings.operation.name, code, message, retries),
    retryable: RETRIED_STATUS.has(answer.status) || RETRIED_CODES.has(code),
    isTimeout: false,
  }
}

async function signed(
  settings: CallSettings,
  context: CallContext,
  encoded: EncodedRequest,
  attempt: number,
): Promise<OutgoingRequest> {
  const { url, text, signingRegion } = settings.endpoint
  const now = context.now()
  const headers: (readonly [string, string])[] = [
    ['Host', url.host],
    ...encoded.headers,
    ['User-Agent', context.userAgent],
    ['amz-sdk-request', sdkRequest(settings, attempt, now)],
    ['Content-Length', String(encoded.body.length)],
  ]
  if (settings.credentials !== undefined) {
    const { signRequest } = await import('../sigv4/sign.ts')
    const toSign = {
      method: 'POST',
      path: url.pathname,
      query: url.search.slice(1),
      headers,
      body: encoded.body,
    }
    const scope = { region: signingRegion, service: settings.service }
    headers.push(...signRequest(toSign, await settings.credentials(), scope, now))
  }
  return { method: 'POST', url, urlText: text, headers, body: encoded.body }
}

function sdkRequest({ maxAttempts, transport }: CallSettings, attempt: number, now: Date): string {
  if (attempt === 1) return 'attempt=1'
  const ttl = new Date(now.getTime() + transport.readTimeout).toISOString().replace(/[-:]|\.\d{3}/g, '')
  return `ttl=${ttl}; attempt=${attempt}; max=${maxAttempts}`
}

async function decode({ model, operation, timestamps }: CallSettings, answer: Answer): Promise<ValueMap> {
  const { decodeAnswer } = await import('../protocol/client.ts')
  const decoded = fromDecoded(decodeAnswer(model, operation.name, answer.body, parseJson))
  return shapeAnswer(decoded, operation.output, model.shapes, timestamps) as ValueMap
}

/** Input as the protocol's encoder takes it: plain objects, Dates for timestamps, bytes for blobs. */
function encodable(input: ValueMap, { model, operation }: CallSettings): unknown {
  return convert(input, operation.input?.shape)

  function convert(value: Value, shapeName: string | undefined): unknown {
    const shape = shapeName === undefined ? undefined : model.shapes[shapeName]
    if (shape?.type === 'timestamp') return parseTimestampInput(value) ?? value
    if (value instanceof Map) {
      const plain = Object.create(null)
      for (const [key, item] of value) {
        const inner = shape?.type === 'structure' ? shape.members[key] : shape?.type === 'map' ? shape.value : undefined
        plain[key] = convert(item, inner?.shape)
      }
      return plain
    }
    if (Array.isArray(value))
      return value.map(item => convert(item, shape?.type === 'list' ? shape.member.shape : undefined))
    return value instanceof Float ? value.value : value instanceof Bytes ? value.bytes : value
  }
}
