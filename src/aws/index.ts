import { STATUS_CODES } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { adjustInput } from './adjust.ts'
import { AnswerTooLarge, plainAnswer } from './answer.ts'
import {
  type Aws,
  type AwsApi,
  AwsApiError,
  type AwsCallOptions,
  type AwsCredentials,
  type AwsIdentity,
  type AwsResponse,
} from './api.ts'
import { coerceInput, InvalidParameter } from './coerce.ts'
import { CredentialSource, identityKey } from './credentials.ts'
import { type EndpointSettings, endpointOf } from './endpoint.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'
import type { ServiceModel } from './model.ts'
import { findService, loadModel } from './models.ts'
import { loose } from './names.ts'
import { whyNotSupported } from './not-supported.ts'
import type { CallMetadata, Service, ServiceClient, Transport } from './runtime.ts'

export { type Aws, type AwsApi, AwsApiError, type AwsCredentials, type AwsIdentity, type AwsResponse } from './api.ts'

export interface AwsOptions extends EndpointSettings {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The profile of the shared AWS files that the server's own credentials come from. */
  readonly profile?: string
  /** Profiles of accounts that have credentials of their own. */
  readonly accounts?: Readonly<Record<string, { readonly profile: string }>>
  /** False: calls are made with the account's own credentials whatever role they should be made as. Default true. */
  readonly assumeRoles?: boolean
  /** Default: real HTTP. */
  readonly transport?: Transport
}

/** Milliseconds that one request may take, unless a call says otherwise; boto3's limit. */
const requestTimeout = 60_000

/** Milliseconds that finding the server's own credentials may take: a process may be run, a browser's login refreshed. */
const credentialsTimeout = 30_000

/** Any AWS operation from model data, through the official runtime. The runtime is loaded with the first call. */
export function createAws(options: AwsOptions): Aws {
  const caller = new Caller(options)
  return {
    as: (identity): AwsApi => ({
      region: identity.region,
      call: (service, operation, parameters, callOptions) =>
        caller.call(identity, service, operation, parameters, callOptions),
      credentials: () => caller.credentials(identity),
    }),
  }
}

interface Found {
  readonly name: string
  readonly model: ServiceModel
  readonly operation: string
}

class Caller {
  readonly #options: AwsOptions
  readonly #source: CredentialSource
  readonly #services = new LeastRecentlyUsed<Promise<Service>>(32)
  readonly #clients = new LeastRecentlyUsed<Promise<ServiceClient>>(128)
  /** Of the accounts, as this machine finds them. */
  readonly #ambient = new Map<string | undefined, Promise<() => Promise<AwsCredentials>>>()

  constructor(options: AwsOptions) {
    this.#options = options
    this.#source = new CredentialSource({
      now: options.now,
      assumesRoles: options.assumeRoles ?? true,
      ofAccount: accountId => this.#ofAccount(accountId),
      assumeRole: (parameters, { roleArn: _, ...identity }) => this.call(identity, 'sts', 'AssumeRole', parameters),
    })
  }

  async credentials(identity: AwsIdentity): Promise<AwsCredentials> {
    return this.#source.of(identity)
  }

  async call(
    identity: AwsIdentity,
    serviceName: string,
    operationName: string,
    parameters: Readonly<Record<string, unknown>>,
    { region = identity.region, abort, timeout = requestTimeout }: AwsCallOptions = {},
  ): Promise<AwsResponse> {
    const found = await find(serviceName, operationName)
    const { name, model, operation } = found
    const where = { service: name, operation }
    const endpoint = endpointOf(model.metadata.serviceId, this.#options)
    const coerced = coercedFor(found, parameters)
    const reason = whyNotSupported(model, operation, coerced, endpoint !== undefined)
    if (reason !== undefined) {
      throw new AwsApiError('NotSupported', `${operation} of ${name} cannot be called from here: ${reason}.`, where)
    }
    const { input, hidden } = adjustInput(model, operation, coerced)
    const client = await this.#client({ ...identity, region }, found, endpoint)
    const sent = client.send(operation, input, { abort, timeout })
    try {
      const { output, metadata } = await orAborted(sent, abort)
      const answer = await plainAnswer(model, operation, output)
      for (const member of hidden) delete answer[member]
      return { ...answer, ResponseMetadata: responseMetadata(metadata) }
    } catch (error) {
      const hasNoBody = model.operations[operation]!.http?.method === 'HEAD'
      throw await asApiError(error, where, region, hasNoBody, abort)
    }
  }

  #client(identity: AwsIdentity, { name, model }: Found, endpoint: string | undefined): Promise<ServiceClient> {
    const key = `${name} ${identityKey(identity)}`
    return this.#clients.get(key, async () => {
      const { createService } = await import('./runtime.ts')
      const service = await this.#services.get(name, () => createService(name, model))
      const { env } = this.#options
      return service.client({
        region: identity.region,
        endpoint,
        credentials: () => this.#source.of(identity),
        useFips: env['AWS_USE_FIPS_ENDPOINT'] === 'true',
        useDualStack: env['AWS_USE_DUALSTACK_ENDPOINT'] === 'true',
        transport: this.#options.transport,
      })
    })
  }

  async #ofAccount(accountId: string): Promise<AwsCredentials> {
    const { env, accounts = {}, profile: ownProfile } = this.#options
    const profile = accounts[accountId]?.profile ?? ownProfile
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env
    if (profile === undefined && accessKeyId && secretAccessKey) {
      return { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) }
    }
    try {
      return await withinTime((await this.#chain(profile))(), credentialsTimeout)
    } catch (cause) {
      const from = profile === undefined ? '' : ` from the profile ${profile}`
      throw new AwsApiError(
        'NoCredentials',
        `The server has no AWS credentials for the account ${accountId}${from}: ${(cause as Error).message}`,
        { service: 'sts', operation: 'GetCallerIdentity', cause },
      )
    }
  }

  #chain(profile: string | undefined): Promise<() => Promise<AwsCredentials>> {
    const known = this.#ambient.get(profile)
    if (known) return known
    const made = import('./runtime.ts').then(({ ambientCredentials }) => ambientCredentials(profile))
    this.#ambient.set(profile, made)
    return made
  }
}

/** What loosely written names mean. Throws AwsApiError when there is no such service or operation. */
export async function namesOf(service: string, operation: string): Promise<AwsNames> {
  const { name, model, operation: known } = await find(service, operation)
  const { signingName, endpointPrefix } = model.metadata
  return { service: name, operation: known, signingName: signingName ?? endpointPrefix }
}

export interface AwsNames {
  /** boto3's. */
  readonly service: string
  /** The model's. */
  readonly operation: string
  /** The service in the credential scope of a signature. */
  readonly signingName: string
}

async function find(serviceName: string, operationName: string): Promise<Found> {
  const where = { service: serviceName, operation: operationName }
  const name = findService(serviceName)
  if (name === undefined) throw new AwsApiError('UnknownService', `There is no AWS service "${serviceName}".`, where)
  const model = await loadModel(name)
  const wanted = loose(operationName)
  const operation = Object.keys(model.operations).find(known => loose(known) === wanted)
  if (operation !== undefined) return { name, model, operation }
  throw new AwsApiError('UnknownOperation', `The AWS service ${name} has no operation "${operationName}".`, where)
}

function coercedFor({ name, model, operation }: Found, parameters: Readonly<Record<string, unknown>>) {
  try {
    return coerceInput(model, model.operations[operation]!.input, parameters)
  } catch (error) {
    if (!(error instanceof InvalidParameter)) throw error
    const message = `Parameter validation failed: ${error.message}`
    throw new AwsApiError('InvalidParameter', message, { service: name, operation })
  }
}

/** A request in hand, or a pause before it is tried again, ends at once when it is called off. */
async function orAborted<T>(work: Promise<T>, abort: AbortSignal | undefined): Promise<T> {
  if (!abort) return work
  const ended = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    if (abort.aborted) reject(abort.reason)
    abort.addEventListener('abort', () => reject(abort.reason), { signal: ended.signal })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    ended.abort()
    work.catch(() => {})
    aborted.catch(() => {})
  }
}

async function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  const ended = new AbortController()
  const late = sleep(milliseconds, undefined, { signal: ended.signal, ref: false }).then(
    () => Promise.reject(new Error(`nothing was found within ${milliseconds / 1000} seconds`)),
    () => new Promise<never>(() => {}),
  )
  try {
    return await Promise.race([work, late])
  } finally {
    ended.abort()
  }
}

function responseMetadata({ requestId, extendedRequestId, statusCode, attempts, headers }: CallMetadata): AwsResponse {
  return {
    ...(requestId !== undefined && { RequestId: requestId }),
    ...(extendedRequestId !== undefined && { HostId: extendedRequestId }),
    HTTPStatusCode: statusCode,
    HTTPHeaders: { ...headers },
    RetryAttempts: attempts - 1,
  }
}

async function asApiError(
  error: unknown,
  where: { readonly service: string; readonly operation: string },
  region: string,
  hasNoBody: boolean,
  abort: AbortSignal | undefined,
): Promise<unknown> {
  if (error instanceof AwsApiError) return error
  const name = `${where.operation} of ${where.service}`
  if (abort?.aborted) return new AwsApiError('Aborted', `${name} was called off.`, { ...where, cause: error })
  if (error instanceof AnswerTooLarge) return new AwsApiError('NotSupported', `${name}: ${error.message}.`, where)
  const { failureOf, UnsupportedSignature } = await import('./runtime.ts')
  if (error instanceof UnsupportedSignature) {
    return new AwsApiError('NotSupported', `${name} cannot be called from here: ${error.message}.`, where)
  }
  const { isAnswer, code, message, statusCode, requestId } = failureOf(error)
  if (isAnswer && hasNoBody) {
    // All that came is the status, and that is boto3's code then.
    const text = STATUS_CODES[statusCode ?? 0] ?? code
    return new AwsApiError(String(statusCode), text, { ...where, statusCode, requestId, cause: error })
  }
  if (isAnswer) return new AwsApiError(code, message || code, { ...where, statusCode, requestId, cause: error })
  const text = `${name} in ${region} did not get an answer: ${message || code}`
  return new AwsApiError('Unreachable', text, { ...where, cause: error })
}
