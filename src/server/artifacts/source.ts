import { type Aws, AwsApiError, type AwsIdentity } from '../../aws/api.ts'
import type { ArtifactSource } from '../../engines/artifacts.ts'
import { ArtifactError } from '../../engines/engine.ts'
import { get, OutboundRefused } from '../outbound.ts'
import { type ArtifactStore, isStorePath } from './store.ts'

interface Options {
  readonly aws: Aws
  readonly store: ArtifactStore
  /** Hosts that may be reached although they are inside. */
  readonly allowedHosts: ReadonlySet<string>
  readonly timeoutMilliseconds?: number
}

const defaultTimeout = 30_000
const mostRedirects = 5

/** Gets artifacts from wherever a product's administrator said that they lie. */
export function createArtifactSource(options: Options): ArtifactSource {
  const { aws, store } = options
  return {
    async fetch(path, reader, limit) {
      const mostBytes = limit?.mostBytes ?? store.mostBytes
      const content = isStorePath(path) ? await store.get(path) : await fetchFrom(path, reader, mostBytes)
      if (content.length > mostBytes) throw new ArtifactError(`${path} is larger than ${mostBytes} bytes.`)
      return content
    },
  }

  async function fetchFrom(path: string, reader: AwsIdentity, mostBytes: number): Promise<Uint8Array> {
    const object = s3Object(path)
    if (!object) return download(path, mostBytes)
    try {
      return await readObject(aws, path, object, reader, mostBytes)
    } catch (error) {
      // What the world may read needs no credentials.
      const noCredentials = error instanceof AwsApiError && error.code === 'NoCredentials'
      if (noCredentials && path.startsWith('https:')) return download(path, mostBytes)
      if (error instanceof AwsApiError) {
        throw new ArtifactError(`${path} cannot be read from S3: ${describe(error)}`, { cause: error })
      }
      throw error
    }
  }

  async function download(path: string, mostBytes: number): Promise<Uint8Array> {
    let url = path
    for (let hops = 0; ; hops += 1) {
      const answer = await once(path, url, mostBytes)
      const next = answer.headers['location']
      if (answer.status >= 300 && answer.status < 400 && next !== undefined) {
        if (hops === mostRedirects) throw new ArtifactError(`${path} is redirected more than ${mostRedirects} times.`)
        url = new URL(next, url).href
        continue
      }
      if (answer.status !== 200) throw new ArtifactError(`${path} cannot be fetched: HTTP status ${answer.status}.`)
      return answer.body
    }
  }

  async function once(path: string, url: string, mostBytes: number) {
    try {
      const timeout = options.timeoutMilliseconds ?? defaultTimeout
      return await get({ url, timeout, mostBytes }, options.allowedHosts)
    } catch (error) {
      const reason = error instanceof OutboundRefused ? error.message : networkText(error as NodeJS.ErrnoException)
      throw new ArtifactError(`${path} cannot be fetched: ${reason}`, { cause: error })
    }
  }
}

interface S3Object {
  readonly bucket: string
  readonly key: string
  /** Undefined: the reader's. */
  readonly region?: string
  readonly versionId?: string
}

/** The object behind an `s3://` path or one of S3's own URLs; undefined for any other path. */
export function s3Object(path: string): S3Object | undefined {
  if (!URL.canParse(path)) return undefined
  const { protocol, hostname, pathname, searchParams } = new URL(path)
  const versionId = searchParams.get('versionId') ?? undefined
  const key = decode(pathname.slice(1))
  // The URL parser lowers a host's letters, and a bucket's name is lower-case anyway.
  if (protocol === 's3:') return { bucket: hostname, key, versionId }
  if (protocol !== 'https:') return undefined
  const host = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/.exec(
    hostname,
  )
  if (!host) return undefined
  const [, bucket, region] = host
  if (bucket !== undefined) return { bucket, key, region, versionId }
  const slash = key.indexOf('/')
  return slash < 0 ? undefined : { bucket: key.slice(0, slash), key: key.slice(slash + 1), region, versionId }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function readObject(
  aws: Aws,
  path: string,
  { bucket, key, region = '', versionId }: S3Object,
  reader: AwsIdentity,
  mostBytes: number,
): Promise<Uint8Array> {
  const api = aws.as({ ...reader, region: region || reader.region })
  // One byte more than may be: an object that is too large is told without reading all of it.
  const { Body } = await api.call('s3', 'GetObject', {
    Bucket: bucket,
    Key: key,
    Range: `bytes=0-${mostBytes}`,
    ...(versionId !== undefined && { VersionId: versionId }),
  })
  if (!(Body instanceof Uint8Array)) throw new ArtifactError(`${path} cannot be read from S3: the answer has no body.`)
  return Body
}

function describe({ code, message, statusCode }: AwsApiError): string {
  const status = statusCode === undefined ? '' : ` (HTTP status ${statusCode})`
  return message.startsWith(code) ? `${message}${status}` : `${code}: ${message}${status}`
}

function networkText(error: NodeJS.ErrnoException): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'it did not answer in time.'
  // A refused connection to a name with several addresses has no message of its own.
  return error.message || error.code || 'the connection failed.'
}
