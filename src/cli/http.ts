import type { Agent, IncomingMessage, RequestOptions } from 'node:http'
import type { Socket } from 'node:net'
import { systemErrorText } from './paramfile.ts'
import type { Environment } from './session.ts'

/** One request, complete and signed. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: URL
  /** The URL as messages show it. */
  readonly urlText: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: Uint8Array
}

export interface TransportOptions {
  /** Milliseconds until a connection must stand; 0 waits for ever. */
  readonly connectTimeout: number
  /** Milliseconds of silence after which an answer is given up; 0 waits for ever. */
  readonly readTimeout: number
  readonly verifyTls: boolean
  /** A file of certificates to trust instead of the built-in ones. */
  readonly caBundle: string | undefined
  /** Where proxy settings are looked up. */
  readonly env: Environment
  /** Keeps connections for the next request; without it each request has one of its own. */
  readonly pool?: ConnectionPool | undefined
}

/** Connections that outlive a request, for runs that make many. */
export class ConnectionPool {
  readonly #agents = new Map<boolean, Agent>()

  agent(secure: boolean, create: new (options: { keepAlive: boolean }) => Agent): Agent {
    const agent = this.#agents.get(secure) ?? new create({ keepAlive: true })
    this.#agents.set(secure, agent)
    return agent
  }

  /** Close what is idle, so that the process may end. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy()
  }
}

/** A request that got no answer. All of them may be retried. */
export class TransportError extends Error {
  readonly isTimeout: boolean
  constructor(message: string, options?: ErrorOptions & { isTimeout?: boolean }) {
    super(message, options)
    this.isTimeout = options?.isTimeout ?? false
  }
}

/** The largest answer that is read; a service's answers are far below it. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024

/**
 * Send one request and read the whole answer, over a connection of its own unless there is a pool. Throws a TransportError whose text is the
 * AWS CLI's.
 */
export async function send(request: OutgoingRequest, options: TransportOptions): Promise<Answer> {
  const { url, urlText } = request
  const secure = url.protocol === 'https:'
  const ca =
    secure && options.caBundle !== undefined && options.verifyTls ? await readBundle(options, urlText) : undefined
  const tls = secure ? { rejectUnauthorized: options.verifyTls, ca, servername: serverName(url) } : {}
  const proxy = hasProxySettings(options.env) ? (await import('./proxy.ts')).proxyFor(url, options.env) : undefined
  const viaProxy = !secure && proxy !== undefined
  const target = viaProxy ? proxy : url
  const requestOptions: RequestOptions = {
    method: request.method,
    hostname: target.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: target.port,
    path: viaProxy ? url.href : url.pathname + url.search,
    headers: headerRecord(request.headers),
    agent: false,
    ...tls,
  }
  const { request: open, Agent } = secure ? await import('node:https') : await import('node:http')
  if (options.pool !== undefined && proxy === undefined) requestOptions.agent = options.pool.agent(secure, Agent)
  if (secure && proxy !== undefined) {
    const { openTunnel } = await import('./proxy.ts')
    const tunnel = await openTunnel(proxy, url, options.connectTimeout)
    const { connect } = await import('node:tls')
    requestOptions.createConnection = () => connect({ ...tls, socket: tunnel })
  }
  return new Promise<Answer>((resolve, reject) => {
    let connected = false
    let timedOut: string | undefined
    const outgoing = open(requestOptions, incoming => {
      collect(incoming).then(resolve, fail)
    })
    const giveUp = (text: string) => {
      timedOut = text
      outgoing.destroy()
    }
    const connectTimer =
      options.connectTimeout > 0
        ? setTimeout(giveUp, options.connectTimeout, `Connect timeout on endpoint URL: "${urlText}"`)
        : undefined
    let used: Socket | undefined
    const onSilence = () => giveUp(`Read timeout on endpoint URL: "${urlText}"`)
    outgoing.on('socket', socket => {
      used = socket
      const ready = () => {
        connected = true
        clearTimeout(connectTimer)
        if (options.readTimeout > 0) socket.setTimeout(options.readTimeout, onSilence)
      }
      if (outgoing.reusedSocket) ready()
      else if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', ready)
      else if (secure) socket.once('secureConnect', ready)
      else ready()
    })
    outgoing.on('error', fail)
    outgoing.on('close', () => {
      clearTimeout(connectTimer)
      // The next request over this connection has a time limit of its own.
      used?.off('timeout', onSilence)
    })
    outgoing.end(request.body)

    function fail(error: unknown) {
      clearTimeout(connectTimer)
      if (timedOut !== undefined) return reject(new TransportError(timedOut, { cause: error, isTimeout: true }))
      const refused = viaProxy && !connected ? proxy : undefined
      reject(
        new TransportError(explain(error as NodeJS.ErrnoException, url, urlText, connected, refused), { cause: error }),
      )
    }
  })
}

async function collect(incoming: IncomingMessage): Promise<Answer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of incoming) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) throw new Error('The answer is larger than 256 MiB')
    chunks.push(chunk)
  }
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
  return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks) }
}

function hasProxySettings(env: Environment): boolean {
  return Object.keys(env).some(name => /^(?:https?|all)_proxy$/i.test(name))
}

function headerRecord(headers: OutgoingRequest['headers']): Record<string, string> {
  return Object.fromEntries(headers)
}

/** A server name is sent for names only, never for addresses. */
function serverName(url: URL): string {
  return /^[\d.]+$|^\[/.test(url.hostname) ? '' : url.hostname
}

async function readBundle(options: TransportOptions, urlText: string): Promise<Buffer> {
  const { readFile } = await import('node:fs/promises')
  try {
    return await readFile(options.caBundle!)
  } catch (error) {
    throw new TransportError(`SSL validation failed for ${urlText} ${systemErrorText(error)}`, { cause: error })
  }
}

/** OpenSSL's names for what Node reports about a certificate. */
const CERTIFICATE_FAULTS: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to get local issuer certificate'],
  ['CERT_HAS_EXPIRED', 'certificate has expired'],
  ['CERT_NOT_YET_VALID', 'certificate is not yet valid'],
])

function explain(
  error: NodeJS.ErrnoException,
  url: URL,
  urlText: string,
  connected: boolean,
  proxy: URL | undefined,
): string {
  const code = error.code ?? ''
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const verify = `SSL validation failed for ${urlText} [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:`
  if (CERTIFICATE_FAULTS.has(code)) return `${verify} ${CERTIFICATE_FAULTS.get(code)}`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const what = serverName(url) === '' ? 'IP address mismatch' : 'Hostname mismatch'
    return `${verify} ${what}, certificate is not valid for '${host}'.`
  }
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1]
  if (code === 'EPROTO' && reason !== undefined) {
    return `SSL validation failed for ${urlText} [SSL: ${reason.toUpperCase().replaceAll(' ', '_')}] ${reason}`
  }
  if (code.startsWith('ERR_SSL_')) {
    const name = code.slice('ERR_SSL_'.length)
    return `SSL validation failed for ${urlText} [SSL: ${name}] ${name.toLowerCase().replaceAll('_', ' ')}`
  }
  if (proxy) return `Failed to connect to proxy URL: "${proxy.href.replace(/\/$/, '')}"`
  if (code === 'ECONNRESET' || code === 'EPIPE' || connected) {
    return `Connection was closed before we received a valid response from endpoint URL: "${urlText}".`
  }
  return `Could not connect to the endpoint URL: "${urlText}"`
}
