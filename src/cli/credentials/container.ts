import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { exchange } from '../call.ts'
import type { CredentialSources, FoundCredentials } from '../credentials.ts'
import { CliError } from '../errors.ts'
import { systemErrorText } from '../paramfile.ts'
import { parseMoment } from './moment.ts'

/** Where ECS serves relative addresses. */
const HOST = '169.254.170.2'
const ALLOWED_HOSTS = [HOST, '169.254.170.23', 'fd00:ec2::23', 'localhost']
const TIMEOUT = 2000
const ATTEMPTS = 3
const PAUSE = 1000

/**
 * Credentials that a container's host serves: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI, with the token of
 * AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or _TOKEN. A plain http address must be one of ECS, EKS or this machine.
 * Throws a CliError with the AWS CLI's text. Source: botocore, ContainerProvider and ContainerMetadataFetcher.
 */
export async function containerCredentials(sources: CredentialSources): Promise<FoundCredentials> {
  const { env } = sources.session
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
  const address = relative === undefined ? env['AWS_CONTAINER_CREDENTIALS_FULL_URI']! : `http://${HOST}${relative}`
  const url = checkedUrl(address)
  const token = readToken(env)
  sources.trace?.hide(token)
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await askOnce(sources, url, token)
    if ('found' in outcome) return outcome.found
    sources.trace?.line(`credentials: ${outcome.text}`)
    if (attempt === ATTEMPTS) {
      throw new CliError(
        `Error when retrieving credentials from container-role: Error retrieving metadata: ${outcome.text}`,
      )
    }
    await sources.sleep(PAUSE)
  }
}

async function askOnce(
  sources: CredentialSources,
  url: URL,
  token: string | undefined,
): Promise<{ readonly found: FoundCredentials } | { readonly text: string }> {
  const headers: (readonly [string, string])[] = [
    ['Host', url.host],
    ['Accept', 'application/json'],
  ]
  if (token !== undefined) headers.push(['Authorization', token])
  const request = { method: 'GET', url, urlText: url.href, headers, body: Buffer.alloc(0) }
  // The proxies of the environment are not for addresses of this machine.
  const transport = { connectTimeout: TIMEOUT, readTimeout: TIMEOUT, verifyTls: true, caBundle: undefined, env: {} }
  const answer = await exchange(request, transport, sources)
  if ('failure' in answer) {
    return { text: `Received error when attempting to retrieve container metadata: ${answer.failure(0).message}` }
  }
  const text = Buffer.from(answer.body).toString('utf8')
  if (answer.status !== 200) {
    return { text: `Received non 200 response ${answer.status} from container metadata: ${text}` }
  }
  const parsed = parseObject(text)
  if (parsed === undefined) return { text: 'Unable to parse JSON returned from container metadata services' }
  const member = (name: string) => {
    const value = parsed.get(name)
    if (typeof value !== 'string') {
      throw new CliError(
        `Error when retrieving credentials from container-role: Missing required key in response: '${name}'`,
      )
    }
    return value
  }
  return {
    found: {
      provider: 'container-role',
      accessKeyId: member('AccessKeyId'),
      secretAccessKey: member('SecretAccessKey'),
      sessionToken: member('Token'),
      expiration: parseMoment(member('Expiration')),
    },
  }
}

function checkedUrl(address: string): URL {
  let url: URL
  try {
    url = new URL(address)
  } catch (error) {
    throw new CliError(`Invalid endpoint: ${address}`, { cause: error })
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const isLoopback = (isIP(host) === 4 && host.startsWith('127.')) || host === '::1'
  if (url.protocol === 'https:' || (url.protocol === 'http:' && (isLoopback || ALLOWED_HOSTS.includes(host))))
    return url
  throw new CliError(
    `Unsupported host '${host}'.  Can only retrieve metadata from a loopback address or one of these hosts: ` +
      ALLOWED_HOSTS.join(', '),
  )
}

function readToken(env: CredentialSources['session']['env']): string | undefined {
  const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']
  const token = file === undefined ? env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] : readTokenFile(file)
  if (token !== undefined && /[\r\n]/.test(token)) throw new CliError('Auth token value is not a legal header value')
  return token
}

function readTokenFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CliError(systemErrorText(error, path), { cause: error })
  }
}

function parseObject(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? new Map(Object.entries(parsed)) : undefined
  } catch {
    return undefined
  }
}
