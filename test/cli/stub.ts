import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { printJson } from '../../src/cli/json.ts'
import type { Value } from '../../src/cli/values.ts'

/** What a stub answers; the last answer of a script repeats. */
export interface StubAnswer {
  readonly status?: number
  readonly headers?: ReadonlyMap<string, string>
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: Value
  /** Seconds to wait before answering. */
  readonly delay?: number
  /** End the connection instead of answering. */
  readonly action?: 'close' | 'reset'
}

/** What is kept of a request: everything but user agent, dates, ids and lengths. */
export type SeenRequest = Readonly<Record<string, unknown>>

/** The key pairs the cases sign with. */
const SECRETS: ReadonlyMap<string, string> = new Map([
  ['AKIDEXAMPLE', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'],
  ['AKIDOTHER', 'otherSecretKeyOTHERSECRETKEYotherSecret00'],
  ['AKIDPROCESS', 'processSecretPROCESSSECRETprocessSecret00'],
])

/**
 * A loopback endpoint that records requests, computes each signature anew, and answers from a script. Its SigV4 is
 * written out here on purpose: it judges the one in src/.
 */
export class Stub {
  readonly requests: SeenRequest[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #script: readonly StubAnswer[]

  constructor(script: readonly StubAnswer[], tls?: { readonly cert: Buffer; readonly key: Buffer }) {
    this.#script = script
    const listener: RequestListener = (request, response) => void this.#serve(request, response)
    this.#server = tls ? createTlsServer(tls, listener) : createServer(listener)
    this.#server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    // Handshakes that fail are the cases' business.
    this.#server.on('tlsClientError', () => {})
    this.#server.on('connect', (request, socket) => {
      this.requests.push({ method: 'CONNECT', path: request.url })
      socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    })
  }

  /** Start listening on a free port of 127.0.0.1 and answer it. */
  async listen(): Promise<number> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const answer = this.#script[Math.min(this.requests.length, this.#script.length - 1)] ?? {}
    this.requests.push(describe(request, body))
    if (answer.delay) await new Promise(resolve => setTimeout(resolve, answer.delay! * 1000).unref())
    if (answer.action === 'close') return void request.socket.destroy()
    if (answer.action === 'reset') return void request.socket.resetAndDestroy()
    const content = answer.body ?? new Map()
    const bytes = Buffer.from(typeof content === 'string' ? content : printJson(content))
    response.writeHead(answer.status ?? 200, {
      'x-amzn-RequestId': '11111111-2222-3333-4444-555555555555',
      'Content-Type': 'application/x-amz-json-1.1',
      'Content-Length': bytes.length,
      ...Object.fromEntries(answer.headers ?? []),
    })
    response.end(bytes)
  }
}

function describe(request: IncomingMessage, body: Buffer): SeenRequest {
  const header = (name: string) => (request.headers[name] as string | undefined) ?? null
  const sdkRequest = header('amz-sdk-request')
  return {
    method: request.method,
    path: request.url,
    target: header('x-amz-target'),
    content_type: header('content-type'),
    auth: describeAuthorization(request, body),
    session_token: header('x-amz-security-token'),
    sdk_request: sdkRequest?.replace(/ttl=\w+; ?/, '') ?? null,
    body: parseBody(body),
  }
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return { raw: body.toString() }
  }
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/((\d{8})\/([^/]*)\/([^/]+)\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

/** Whose signature a request has, for what, and whether it is right; null when it has none. */
export function describeAuthorization(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: Buffer,
  secrets = SECRETS,
): SeenRequest | null {
  const match = AUTHORIZATION.exec(request.headers.authorization ?? '')
  if (!match) return null
  const [, key, scope, day, region, service, signedHeaders, signature] = match as unknown as string[]
  const [path = '', query = ''] = request.url!.replace(/^https?:\/\/[^/]*/, '').split('?')
  const canonicalQuery = [...new URLSearchParams(query)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
  const headers = signedHeaders!
    .split(';')
    .map(
      name =>
        `${name}:${String(request.headers[name] ?? '')
          .replace(/\s+/g, ' ')
          .trim()}\n`,
    )
    .join('')
  const canonical = [request.method, path, canonicalQuery, headers, signedHeaders, sha256(body)].join('\n')
  const text = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'],
    scope?.replace(/^\d+/, day!),
    sha256(canonical),
  ].join('\n')
  const signingKey = [day!, region!, service!, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secrets.get(key!)}`)
  const right = secrets.has(key!) && hmac(signingKey, text).toString('hex') === signature
  return { key, scope: `${region}/${service}/aws4_request`, signature_ok: right }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
