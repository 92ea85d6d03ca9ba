import type { OperationModel, ServiceModel } from '../model/service-model.ts'
import type { Credentials } from '../sigv4/types.ts'
import { fromDecoded, shapeAnswer, type TimestampStyle } from './answer.ts'
import type { Endpoint } from './endpoint.ts'
import { CliError, ServiceFailure } from './errors.ts'
import type { Answer, OutgoingRequest, TransportOptions } from './http.ts'
import { parseJson } from './json.ts'
import type { Trace } from './trace.ts'
import { parseTimestampInput } from './validate.ts'
import { Bytes, Float, type Value, type ValueMap } from './values.ts'

/** What a call needs from outside, so that tests can drive it. */
export interface CallContext {
  readonly now: () => Date
  /** In [0, 1). */
  readonly random: () => number
  /** Milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly uuid: () => string
  readonly userAgent: string
  /** Present with --debug. */
  readonly trace: Trace | undefined
}

/** What the adaptive retry mode asks before every request and tells after it. */
export interface RateLimiter {
  /** Resolves with the milliseconds it waited. */
  acquire(): Promise<number>
  answered(throttled: boolean): void
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
  /** Present in the adaptive retry mode. */
  readonly limiter?: RateLimiter | undefined
  readonly timestamps: TimestampStyle
}

/** Source: botocore's standard retry mode. */
const RETRIED_STATUS = new Set([500, 502, 503, 504])
const TRANSIENT_CODES = new Set(['RequestTimeout', 'RequestTimeoutException', 'PriorRequestNotComplete'])
const THROTTLING_CODES = new Set([
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
  const invocationId = context.uuid()
  return withRetries(settings, context, quota, (attempt, skew) =>
    tryOnce(settings, context, encoded, invocationId, sdkRequest(settings, attempt, context.now(), skew)),
  )
}

/** One try: an answer, or what went wrong and whether another try may help. */
export type Outcome<Answered> = { readonly answer: Answered } | Failed

/**
 * Try until there is an answer, an error that no further try can help, or no try left: botocore's standard retry mode,
 * with a limiter its adaptive one. `attempt` counts from 1; `skew` is the service's clock minus ours in milliseconds, as
 * far as the last answer told.
 */
export async function withRetries<Answered>(
  { maxAttempts, limiter }: Pick<CallSettings, 'maxAttempts' | 'limiter'>,
  context: CallContext,
  quota: RetryQuota,
  tryIt: (attempt: number, skew: number | undefined) => Promise<Outcome<Answered>>,
): Promise<Answered> {
  let skew: number | undefined
  for (let attempt = 1; ; attempt += 1) {
    const waited = (await limiter?.acquire()) ?? 0
    if (waited > 0) context.trace?.line(`adaptive retry mode: waited ${waited} ms before sending`)
    const outcome = await tryIt(attempt, skew)
    limiter?.answered('failure' in outcome && outcome.throttled === true)
    if ('answer' in outcome) {
      quota.release()
      return outcome.answer
    }
    const { failure, retryable, isTimeout } = outcome
    skew = outcome.skew ?? skew
    const why = context.trace && failure(undefined).message
    if (!retryable) {
      context.trace?.line(`attempt ${attempt} failed, and is not tried again: ${why}`)
      throw failure(undefined)
    }
    if (attempt >= maxAttempts || !quota.take(isTimeout)) {
      const reason = attempt >= maxAttempts ? `${maxAttempts} attempts were made` : 'the retry quota is used up'
      context.trace?.line(`attempt ${attempt} failed, and is not tried again because ${reason}: ${why}`)
      throw failure(attempt - 1)
    }
    const delay = Math.min(context.random() * 2 ** (attempt - 1), MAX_BACKOFF_SECONDS)
    context.trace?.line(`attempt ${attempt} failed, the next one follows in ${delay.toFixed(2)} s: ${why}`)
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
  readonly throttled?: boolean
  readonly skew?: number | undefined
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
  invocationId: string,
  sdkRequestHeader: string,
): Promise<Outcome<ValueMap>> {
  const request = await signed(settings, context, encoded, invocationId, sdkRequestHeader)
  const answer = await exchange(request, settings.transport, context)
  if ('failure' in answer) return answer
  if (answer.status < 300) return { answer: await decode(settings, answer) }
  const { decodeError } = await import('../protocol/client.ts')
  const { code, message } = decodeError(answer.status, answer.headers, answer.body)
  return answeredFailure(settings.operation.name, settings.service, answer, code, message, context.now())
}

/** Send one request; no answer is a failure that may be tried again. */
export async function exchange(
  request: OutgoingRequest,
  transport: TransportOptions,
  { trace, now }: Pick<CallContext, 'trace' | 'now'>,
  hideBody = false,
): Promise<Answer | Failed> {
  const { send, TransportError } = await import('./http.ts')
  trace?.request(request)
  const start = trace && now().getTime()
  try {
    const answer = await send(request, transport)
    trace?.answer(answer.status, answer.headers, hideBody ? undefined : answer.body, now().getTime() - start!)
    return answer
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    return {
      failure: () => new CliError(error.message, { cause: error }),
      retryable: true,
      isTimeout: error.isTimeout,
    }
  }
}

/** An error that the service answered, and whether another try may help. */
export function answeredFailure(
  operation: string,
  service: string,
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  code: string,
  message: string,
  now: Date,
): Failed {
  const throttled = status === 429 || THROTTLING_CODES.has(code)
  // Whoever STS asks about a web identity may be out of reach for a moment (botocore, retries/special).
  const special = service === 'sts' && code === 'IDPCommunicationError'
  const retryable = throttled || special || RETRIED_STATUS.has(status) || TRANSIENT_CODES.has(code)
  const date = Date.parse(headers.get('date') ?? '')
  return {
    failure: retries => new ServiceFailure(operation, code, message, retries, retryable),
    retryable,
    isTimeout: false,
    throttled,
    skew: Number.isNaN(date) ? undefined : date - now.getTime(),
  }
}

async function signed(
  settings: CallSettings,
  context: CallContext,
  encoded: EncodedRequest,
  invocationId: string,
  sdkRequestHeader: string,
): Promise<OutgoingRequest> {
  const { url, text, signingRegion } = settings.endpoint
  // Finding credentials may take time of its own, and the signature holds the moment it is made.
  const credentials = await settings.credentials?.()
  const headers: (readonly [string, string])[] = [
    ['Host', url.host],
    ...encoded.headers,
    ['User-Agent', context.userAgent],
    ['amz-sdk-invocation-id', invocationId],
    ['amz-sdk-request', sdkRequestHeader],
    ['Content-Length', String(encoded.body.length)],
  ]
  if (credentials !== undefined) {
    const { signRequest } = await import('../sigv4/sign.ts')
    const toSign = {
      method: 'POST',
      path: url.pathname,
      query: url.search.slice(1),
      headers,
      body: encoded.body,
    }
    const scope = { region: signingRegion, service: settings.service }
    headers.push(...signRequest(toSign, credentials, scope, context.now()))
  }
  return { method: 'POST', url, urlText: text, headers, body: encoded.body }
}

/** The moment until which an answer is of use is told by the service's clock, as far as it is known. */
function sdkRequest(
  { maxAttempts, transport }: CallSettings,
  attempt: number,
  now: Date,
  skew: number | undefined,
): string {
  if (attempt === 1) return 'attempt=1'
  const end = now.getTime() + transport.readTimeout + (skew ?? 0)
  const ttl = skew === undefined ? '' : `ttl=${new Date(end).toISOString().replace(/[-:]|\.\d{3}/g, '')}; `
  return `${ttl}attempt=${attempt}; max=${maxAttempts}`
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
