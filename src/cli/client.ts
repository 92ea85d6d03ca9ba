import type { ServiceName } from '../model/services.ts'
import type { OperationSlice } from '../model/slices.ts'
import type { CallContext, CallSettings, RetryQuota } from './call.ts'
import { findCredentials } from './credentials.ts'
import { resolveEndpoint, type ServiceOfEndpoint } from './endpoint.ts'
import { CliError } from './errors.ts'
import type { GlobalOptions } from './globals.ts'
import type { ConnectionPool } from './http.ts'
import type { Io } from './io.ts'
import { regionOf, retrySettings, type Session, setting } from './session.ts'
import type { Trace } from './trace.ts'

/** What every command has at hand. */
export interface Surroundings {
  readonly globals: GlobalOptions
  readonly session: Session
  readonly io: Io
  /** Present with --debug. */
  readonly trace?: Trace | undefined
  /** Present where one process makes many calls. */
  readonly shared?: SharedState | undefined
}

/** What the calls of one process share. */
export interface SharedState {
  readonly pool: ConnectionPool
  /** By what they were found with. */
  readonly credentials: Map<string, ReturnType<typeof findCredentials>>
  readonly quotas: Map<string, RetryQuota>
  readonly limiters: Map<string, CallSettings['limiter']>
}

/** Look up everything a call needs. Throws for a missing region or a bad setting; credentials come when signing. */
export async function callSettings(
  surroundings: Surroundings,
  { service, model, operation }: OperationSlice & { readonly service: ServiceName },
): Promise<CallSettings> {
  const { globals, session, io } = surroundings
  const region = await findRegion(surroundings, model)
  const endpoint = resolveEndpoint(session, model, region, globals.endpointUrl)
  const { maxAttempts, mode } = retrySettings(session)
  const caBundle =
    globals.caBundle ?? setting(session, ['AWS_CA_BUNDLE'], 'ca_bundle') ?? session.env['REQUESTS_CA_BUNDLE']
  const limiter = mode === 'adaptive' ? await limiterOf(surroundings, endpoint.text) : undefined
  if (surroundings.trace) {
    const { traceSettings } = await import('./trace-settings.ts')
    traceSettings(surroundings, service, operation.name, region, endpoint, maxAttempts, mode)
  }
  return {
    service,
    model,
    operation,
    endpoint,
    credentials: globals.signRequest ? credentialsOf(surroundings, region) : undefined,
    transport: {
      connectTimeout: globals.connectTimeout * 1000,
      readTimeout: globals.readTimeout * 1000,
      verifyTls: globals.verifyTls,
      caBundle: caBundle || undefined,
      env: session.env,
      pool: surroundings.shared?.pool,
    },
    maxAttempts,
    limiter,
    timestamps: { format: timestampFormat(session), utcOffset: io.utcOffset },
  }
}

export function callContext({ io, trace }: Surroundings): CallContext {
  const { now, random, sleep, uuid, userAgent } = io
  return { now, random, sleep, uuid, userAgent, trace }
}

/** Throws a CliError with code Configuration for an unknown format. */
export function timestampFormat(session: Session): 'iso8601' | 'wire' {
  const format = setting(session, [], 'cli_timestamp_format') ?? 'iso8601'
  if (format === 'iso8601' || format === 'wire') return format
  throw new CliError(`Unknown cli_timestamp_format value: ${format}, valid values are "wire" or "iso8601"`, {
    code: 'Configuration',
  })
}

/** The region by option, environment and profile, and then of the EC2 instance that this runs on. */
async function findRegion(surroundings: Surroundings, model: ServiceOfEndpoint): Promise<string | undefined> {
  const { globals, session } = surroundings
  const region = regionOf(session, globals.region)
  if (region !== undefined || model.metadata.serviceId === 'IAM') return region
  const { metadataRegion, isMetadataDisabled } = await import('./credentials/metadata.ts')
  if (isMetadataDisabled(session.env)) return undefined
  return metadataRegion({ ...callContext(surroundings), session })
}

/** The credentials of this run, looked up when the first request is signed; again when they are about to expire. */
function credentialsOf(
  surroundings: Surroundings,
  region: string | undefined,
): NonNullable<CallSettings['credentials']> {
  const { session, io, shared } = surroundings
  const known: SharedState['credentials'] = shared?.credentials ?? new Map()
  const key = JSON.stringify([session.profileIsExplicit, session.profile ?? null, region ?? null])
  const find = async () => {
    const found = findCredentials({ ...callContext(surroundings), session, region, readSecret: io.readSecret })
    known.set(key, found)
    try {
      return await found
    } catch (error) {
      known.delete(key)
      throw error
    }
  }
  return async () => {
    const found = await (known.get(key) ?? find())
    const isEnding = found.expiration !== undefined && found.expiration.getTime() - io.now().getTime() < MIN_LIFE
    return shared && isEnding ? find() : found
  }
}

/** Milliseconds of life below which credentials are looked up anew. */
const MIN_LIFE = 60_000

async function limiterOf(surroundings: Surroundings, endpoint: string): Promise<CallSettings['limiter']> {
  const { io, shared } = surroundings
  const { ClientRateLimiter } = await import('./adaptive.ts')
  const limiter =
    shared?.limiters.get(endpoint) ?? new ClientRateLimiter({ now: () => io.now().getTime() / 1000, sleep: io.sleep })
  shared?.limiters.set(endpoint, limiter)
  return limiter
}
