import { type CallContext, exchange } from '../call.ts'
import type { FoundCredentials } from '../credentials.ts'
import { CliError } from '../errors.ts'
import type { Answer } from '../http.ts'
import { flagSetting, type Session, setting } from '../session.ts'
import { integerOrRefuse } from '../shorthand.ts'
import { parseMoment } from './moment.ts'

/** What the EC2 instance metadata service is asked with. Source: botocore, IMDSFetcher. */
export interface MetadataSources extends CallContext {
  readonly session: Session
}

const ADDRESS = 'http://169.254.169.254/'
const ADDRESS_IPV6 = 'http://[fd00:ec2::254]/'
const TOKEN_PATH = 'latest/api/token'
const TOKEN_SECONDS = '21600'
const ROLE_PATH = 'latest/meta-data/iam/security-credentials/'
const ZONE_PATH = 'latest/meta-data/placement/availability-zone/'

export function isMetadataDisabled(env: Session['env']): boolean {
  return env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true'
}

/** The credentials of the instance's role; undefined when there is none, or no metadata service. */
export async function metadataCredentials(sources: MetadataSources): Promise<FoundCredentials | undefined> {
  const service = openService(sources)
  const token = await service.token()
  if (token === 'refused') return undefined
  const role = await service.get(ROLE_PATH, token, isFilled)
  if (role === undefined) return undefined
  const answer = await service.get(ROLE_PATH + role, token, text => isFilled(text) && parse(text) !== undefined)
  const parsed = answer === undefined ? undefined : parse(answer)
  const members = ['AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration'].map(name => parsed?.get(name))
  if (members.some(member => typeof member !== 'string')) {
    sources.trace?.line('credentials: the metadata service answered without complete credentials')
    return undefined
  }
  const [accessKeyId, secretAccessKey, sessionToken, end] = members as [string, string, string, string]
  const expiration = extended(parseMoment(end), sources)
  return { provider: 'iam-role', accessKeyId, secretAccessKey, sessionToken, expiration }
}

/** The region of the instance's availability zone; undefined when there is no metadata service. */
export async function metadataRegion(sources: MetadataSources): Promise<string | undefined> {
  const service = openService(sources)
  const token = await service.token()
  if (token === 'refused') return undefined
  return (await service.get(ZONE_PATH, token, isFilled))?.slice(0, -1)
}

/**
 * The service goes on handing out credentials that have expired while it cannot get new ones, and AWS goes on accepting
 * them: they count as good for a while.
 */
function extended(expiration: Date, { now, random, trace }: MetadataSources): Date {
  const seconds = 15 * 60 + 120 + Math.floor(random() * 481)
  const soon = new Date(now().getTime() + seconds * 1000)
  if (expiration > soon) return expiration
  trace?.line('credentials: those of the metadata service have expired, or will soon; they are used all the same')
  return soon
}

function isFilled(text: string): boolean {
  return text !== ''
}

function parse(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? new Map(Object.entries(parsed)) : undefined
  } catch {
    return undefined
  }
}

interface MetadataService {
  /** A session token (IMDSv2); undefined when the service knows none; `refused` when it took our request for a bad one. */
  token(): Promise<string | undefined | 'refused'>
  /** A page that passes the test; undefined when no attempt brought one. */
  get(path: string, token: string | undefined, isGood: (text: string) => boolean): Promise<string | undefined>
}

function openService(sources: MetadataSources): MetadataService {
  const { session, trace } = sources
  const base = serviceAddress(session)
  const timeout = 1000 * number(session, 'AWS_METADATA_SERVICE_TIMEOUT', 'metadata_service_timeout')
  const attempts = number(session, 'AWS_METADATA_SERVICE_NUM_ATTEMPTS', 'metadata_service_num_attempts')
  const transport = {
    connectTimeout: timeout,
    readTimeout: timeout,
    verifyTls: true,
    caBundle: undefined,
    env: session.env,
  }
  const ask = (method: string, path: string, header: readonly [string, string] | undefined) => {
    const url = new URL(base.endsWith('/') ? base + path : `${base}/${path}`)
    const headers: (readonly [string, string])[] = [
      ['Host', url.host],
      ['User-Agent', sources.userAgent],
    ]
    if (method === 'PUT') headers.push(['Content-Length', '0'])
    if (header !== undefined) headers.push(header)
    const request = { method, url, urlText: url.href, headers, body: Buffer.alloc(0) }
    return exchange(request, transport, sources, method === 'PUT')
  }
  return {
    token: async () => {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const answer = await ask('PUT', TOKEN_PATH, ['x-aws-ec2-metadata-token-ttl-seconds', TOKEN_SECONDS])
        if ('failure' in answer) {
          // A host that keeps silent on PUT may yet answer GET.
          if (answer.isTimeout && answer.failure(0).message.startsWith('Read')) return undefined
          trace?.line(`metadata service: ${answer.failure(0).message}`)
          continue
        }
        const text = textOfAnswer(answer)
        if (answer.status === 200) {
          trace?.hide(text)
          return text
        }
        if ([403, 404, 405].includes(answer.status)) return undefined
        if (answer.status === 400) return 'refused'
      }
      return undefined
    },
    get: async (path, token, isGood) => {
      if (!token && flagSetting(session, ['AWS_EC2_METADATA_V1_DISABLED'], 'ec2_metadata_v1_disabled')) {
        throw new CliError(
          'Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled',
        )
      }
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const answer = await ask('GET', path, token ? ['x-aws-ec2-metadata-token', token] : undefined)
        if ('failure' in answer) {
          trace?.line(`metadata service: ${answer.failure(0).message}`)
          continue
        }
        const text = textOfAnswer(answer)
        if (answer.status === 200 && isGood(text)) return text
      }
      return undefined
    },
  }
}

function textOfAnswer({ body }: Answer): string {
  return Buffer.from(body).toString('utf8')
}

function serviceAddress(session: Session): string {
  const endpoint = setting(session, ['AWS_EC2_METADATA_SERVICE_ENDPOINT'], 'ec2_metadata_service_endpoint')
  if (endpoint) {
    if (!/^https?:\/\/[^\s/]/i.test(endpoint) || !URL.canParse(endpoint)) {
      throw new CliError(`Invalid endpoint EC2 Instance Metadata endpoint: ${endpoint}`)
    }
    return endpoint
  }
  const mode = setting(
    session,
    ['AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE'],
    'ec2_metadata_service_endpoint_mode',
  )?.toLowerCase()
  const isIpv6 = mode === undefined ? flagSetting(session, ['AWS_IMDS_USE_IPV6'], 'imds_use_ipv6') : mode === 'ipv6'
  return isIpv6 ? ADDRESS_IPV6 : ADDRESS
}

/** One second, one attempt, unless something else is set. */
function number(session: Session, variable: string, option: string): number {
  const text = setting(session, [variable], option)
  return text === undefined ? 1 : Number(integerOrRefuse(text))
}
