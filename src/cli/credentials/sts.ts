import type { OperationSlice } from '../../model/slices.ts'
import type { Credentials } from '../../sigv4/types.ts'
import { call, RetryQuota } from '../call.ts'
import type { CredentialSources } from '../credentials.ts'
import { resolveEndpoint } from '../endpoint.ts'
import { CliError } from '../errors.ts'
import type { TransportOptions } from '../http.ts'
import { retrySettings, setting } from '../session.ts'
import { validateInput } from '../validate.ts'
import type { ValueMap } from '../values.ts'
import type { CachedCredentials } from './cache.ts'
import { parseMoment } from './moment.ts'

/** Seconds; the command's own time limits are for its own call. */
const TIMEOUT = 60_000

/** How services that give credentials are reached: the command's TLS and time options are not for them. */
export function credentialTransport({ session }: Pick<CredentialSources, 'session'>): TransportOptions {
  const caBundle = setting(session, ['AWS_CA_BUNDLE'], 'ca_bundle') ?? session.env['REQUESTS_CA_BUNDLE']
  return {
    connectTimeout: TIMEOUT,
    readTimeout: TIMEOUT,
    verifyTls: true,
    caBundle: caBundle || undefined,
    env: session.env,
  }
}

/** Ask STS for the credentials of a role. Throws its errors as the AWS CLI shows them. */
export async function askSts(
  sources: CredentialSources,
  { model, operation }: Pick<OperationSlice, 'model' | 'operation'>,
  credentials: Credentials | undefined,
  input: ValueMap,
): Promise<CachedCredentials> {
  validateInput(input, operation.input, model.shapes)
  const answer = await call(
    {
      service: 'sts',
      model,
      operation,
      endpoint: resolveEndpoint(sources.session, model, sources.region, undefined),
      credentials: credentials && (async () => credentials),
      transport: credentialTransport(sources),
      maxAttempts: retrySettings(sources.session).maxAttempts,
      timestamps: { format: 'iso8601', utcOffset: () => 0 },
    },
    sources,
    input,
    new RetryQuota(),
  )
  const given = answer.get('Credentials')
  const user = answer.get('AssumedRoleUser')
  const text = (name: string) => {
    const value = given instanceof Map ? given.get(name) : undefined
    if (typeof value !== 'string') throw new CliError(`The answer of STS has no ${name}.`)
    sources.trace?.hide(name === 'SecretAccessKey' || name === 'SessionToken' ? value : undefined)
    return value
  }
  const arn = user instanceof Map ? user.get('Arn') : undefined
  const accountId = typeof arn === 'string' ? arn.split(':')[4] : undefined
  return {
    Credentials: {
      AccessKeyId: text('AccessKeyId'),
      SecretAccessKey: text('SecretAccessKey'),
      SessionToken: text('SessionToken'),
      Expiration: parseMoment(text('Expiration'))
        .toISOString()
        .replace(/\.\d+Z$/, 'UTC'),
      ...(accountId ? { AccountId: accountId } : {}),
    },
    ...(user instanceof Map ? { AssumedRoleUser: Object.fromEntries(user) } : {}),
  }
}

/** A session name as botocore makes one up. */
export function defaultSessionName(now: Date): string {
  return `botocore-session-${Math.floor(now.getTime() / 1000)}`
}
