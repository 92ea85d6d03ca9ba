import { answeredFailure, exchange, type Outcome, RetryQuota, withRetries } from '../call.ts'
import { type CredentialSources, type FoundCredentials, profileConfig, textOf } from '../credentials.ts'
import { resolveEndpoint } from '../endpoint.ts'
import { CliError, ServiceFailure } from '../errors.ts'
import type { Answer } from '../http.ts'
import { retrySettings } from '../session.ts'
import { awsFolder, type CachedCredentials, cached, cacheKey, readCacheFile, sha1, writeCacheFile } from './cache.ts'
import { parseMoment } from './moment.ts'
import { credentialTransport } from './sts.ts'

/** Milliseconds of life below which a token that can be renewed is. */
const RENEW_BEFORE = 15 * 60_000

interface SsoSettings {
  readonly startUrl: string
  readonly region: string
  readonly accountId: string
  readonly roleName: string
  /** Undefined in the older form, where the profile itself has the start URL. */
  readonly sessionName: string | undefined
}

/** A token as `aws sso login` leaves it in ~/.aws/sso/cache. */
interface CachedToken {
  readonly accessToken: string
  readonly expiresAt: string
  readonly refreshToken?: string
  readonly clientId?: string
  readonly clientSecret?: string
  readonly registrationExpiresAt?: string
}

/**
 * The credentials of an SSO profile, in the newer form (`sso_session`) or the older one, by the token that
 * `aws sso login` left. Throws a CliError naming that command when there is no token or it has expired. Source: botocore,
 * SSOProvider and SSOTokenProvider.
 */
export function ssoCredentials(sources: CredentialSources, profile: string): Promise<FoundCredentials> {
  const settings = readSettings(sources, profile)
  const { roleName, accountId, sessionName, startUrl } = settings
  const origin: Record<string, string> = sessionName === undefined ? { startUrl } : { sessionName }
  return cached(sources, 'sso', cacheKey({ roleName, accountId, ...origin }, 'narrow'), async () => {
    const token = await loadToken(sources, settings, profile)
    sources.trace?.hide(token)
    return getRoleCredentials(sources, settings, token)
  })
}

function readSettings({ session }: CredentialSources, profile: string): SsoSettings {
  const config = new Map(profileConfig({ session }, profile))
  const sessionName = textOf(config, 'sso_session')
  if (sessionName !== undefined) {
    const section = session.configuration.ssoSessions.get(sessionName)
    if (section === undefined) throw new CliError(`The specified sso-session does not exist: "${sessionName}"`)
    for (const [name, value] of section) {
      const own = config.get(name)
      if (own !== undefined && own !== value) {
        throw new CliError(`The value for ${name} is inconsistent between profile (${own}) and sso-session (${value}).`)
      }
      config.set(name, value)
    }
  }
  const names = ['sso_role_name', 'sso_account_id', 'sso_start_url', 'sso_region']
  const missing = names.filter(name => textOf(config, name) === undefined)
  if (missing.length > 0) {
    throw new CliError(
      `The profile "${profile}" is configured to use SSO but is missing required configuration: ${missing.join(', ')}`,
    )
  }
  const [roleName, accountId, startUrl, region] = names.map(name => textOf(config, name)!) as [
    string,
    string,
    string,
    string,
  ]
  return { roleName, accountId, startUrl, region, sessionName }
}

async function loadToken(sources: CredentialSources, settings: SsoSettings, profile: string): Promise<string> {
  const folder = awsFolder(sources.session.env, 'sso', 'cache')
  const name = settings.sessionName ?? settings.startUrl
  const key = sha1(name)
  const content = readCacheFile(folder, key) as Partial<CachedToken> | undefined
  if (content === undefined) throw noToken(`Token for ${name} does not exist`, settings, profile)
  if (typeof content.accessToken !== 'string' || typeof content.expiresAt !== 'string') {
    throw noToken(`Token for ${settings.startUrl} is invalid`, settings, profile)
  }
  const token = content as CachedToken
  const left = parseMoment(token.expiresAt).getTime() - sources.now().getTime()
  sources.trace?.line(`credentials: SSO token of ${name} from ${folder}/${key}.json, until ${token.expiresAt}`)
  if (settings.sessionName !== undefined && left < RENEW_BEFORE) {
    const renewed = await renewToken(sources, settings, token)
    if (renewed !== undefined) {
      await writeCacheFile(folder, key, renewed).catch(error => {
        sources.trace?.line(`credentials: the SSO token's cache could not be written: ${(error as Error).message}`)
      })
      return renewed.accessToken
    }
    if (left <= 0) {
      throw new CliError(
        `Error when retrieving token from sso: Token has expired and refresh failed\n${signInHint(settings, profile)}`,
      )
    }
  }
  if (left <= 0) throw unauthorized()
  return token.accessToken
}

/** A new token for an old one that can be renewed; undefined when it cannot, or the service would not. */
async function renewToken(
  sources: CredentialSources,
  { region, startUrl }: SsoSettings,
  token: CachedToken,
): Promise<CachedToken | undefined> {
  const { refreshToken, clientId, clientSecret, registrationExpiresAt } = token
  for (const secret of [refreshToken, clientSecret, token.accessToken]) sources.trace?.hide(secret)
  if (!refreshToken || !clientId || !clientSecret || !registrationExpiresAt) return undefined
  if (parseMoment(registrationExpiresAt) <= sources.now()) return undefined
  const body = { grantType: 'refresh_token', clientId, clientSecret, refreshToken }
  let answer: Record<string, unknown>
  try {
    answer = await ask(sources, { endpointPrefix: 'oidc', serviceId: 'SSO OIDC' }, region, 'CreateToken', {
      method: 'POST',
      path: '/token',
      headers: [['Content-Type', 'application/json']],
      body: Buffer.from(JSON.stringify(body)),
    })
  } catch (error) {
    if (!(error instanceof ServiceFailure)) throw error
    sources.trace?.line(`credentials: the SSO token was not renewed: ${error.message}`)
    return undefined
  }
  const { accessToken, expiresIn, refreshToken: next } = answer
  if (typeof accessToken !== 'string' || typeof expiresIn !== 'number') return undefined
  for (const secret of [accessToken, next]) sources.trace?.hide(typeof secret === 'string' ? secret : undefined)
  const end = new Date(sources.now().getTime() + expiresIn * 1000)
  return {
    ...token,
    ...{ startUrl, region },
    accessToken,
    expiresAt: end.toISOString().replace(/\.\d+Z$/, 'Z'),
    ...(typeof next === 'string' ? { refreshToken: next } : {}),
  }
}

async function getRoleCredentials(
  sources: CredentialSources,
  settings: SsoSettings,
  token: string,
): Promise<CachedCredentials> {
  const query = new URLSearchParams({ role_name: settings.roleName, account_id: settings.accountId })
  let answer: Record<string, unknown>
  try {
    answer = await ask(
      sources,
      { endpointPrefix: 'portal.sso', serviceId: 'SSO' },
      settings.region,
      'GetRoleCredentials',
      { method: 'GET', path: `/federation/credentials?${query}`, headers: [['x-amz-sso_bearer_token', token]] },
    )
  } catch (error) {
    if (error instanceof ServiceFailure && error.serviceCode === 'UnauthorizedException') {
      throw unauthorized(error)
    }
    throw error
  }
  const given = (answer['roleCredentials'] ?? {}) as Record<string, unknown>
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = given
  const texts = [accessKeyId, secretAccessKey, sessionToken]
  if (texts.some(text => typeof text !== 'string') || typeof expiration !== 'number') {
    throw new CliError('The answer of SSO has no complete credentials.')
  }
  return {
    ...{ ProviderType: 'sso' },
    Credentials: {
      AccessKeyId: accessKeyId as string,
      SecretAccessKey: secretAccessKey as string,
      SessionToken: sessionToken as string,
      Expiration: new Date(expiration).toISOString().replace(/\.\d+Z$/, 'Z'),
      AccountId: settings.accountId,
    },
  }
}

interface RestRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Uint8Array
}

/** One unsigned call in the REST form with JSON. Throws ServiceFailure for the service's errors. */
async function ask(
  sources: CredentialSources,
  metadata: { readonly endpointPrefix: string; readonly serviceId: string },
  region: string,
  operation: string,
  { method, path, headers, body = Buffer.alloc(0) }: RestRequest,
): Promise<Record<string, unknown>> {
  const { url: base } = resolveEndpoint(sources.session, { metadata }, region, undefined)
  const url = new URL(base.pathname.replace(/\/$/, '') + path, base)
  const request = {
    method,
    url,
    urlText: url.href,
    headers: [
      ['Host', url.host],
      ['User-Agent', sources.userAgent],
      ['Content-Length', String(body.length)],
      ...headers,
    ] as const,
    body,
  }
  const retries = { maxAttempts: retrySettings(sources.session).maxAttempts }
  return withRetries(retries, sources, new RetryQuota(), async (): Promise<Outcome<Record<string, unknown>>> => {
    const answer = await exchange(request, credentialTransport(sources), sources)
    if ('failure' in answer) return answer
    const parsed = parseObject(answer)
    if (answer.status < 300) return { answer: parsed }
    const type = answer.headers.get('x-amzn-errortype') ?? parsed['__type'] ?? parsed['code'] ?? parsed['error']
    const code = typeof type === 'string' ? type.split(':')[0]!.split('#').at(-1)! : String(answer.status)
    const message = parsed['message'] ?? parsed['Message'] ?? parsed['error_description']
    const text = typeof message === 'string' ? message : ''
    return answeredFailure(operation, metadata.serviceId, answer, code, text, sources.now())
  })
}

function parseObject({ body }: Answer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}

function unauthorized(cause?: unknown): CliError {
  return new CliError(
    'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run ' +
      'aws sso login with the corresponding profile.',
    { cause },
  )
}

function noToken(text: string, settings: SsoSettings, profile: string): CliError {
  return new CliError(`Error loading SSO Token: ${text}\n${signInHint(settings, profile)}`)
}

/** Beyond the AWS CLI's text, where that does not say what to do. */
function signInHint({ sessionName }: SsoSettings, profile: string): string {
  const option = sessionName === undefined ? `--profile ${profile}` : `--sso-session ${sessionName}`
  return `Sign in with: aws sso login ${option}`
}
