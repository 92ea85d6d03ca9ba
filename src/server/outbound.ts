import { lookup as resolveName } from 'node:dns'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Addresses that no request of somebody else's making may reach: this machine's, the local network's, special ones. */
const inside = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  inside.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(network, prefix, 'ipv6')
}

/** An address that may not be reached; the message names it. */
export class OutboundRefused extends Error {}

/** Whether an IP address is loopback, link-local, private or otherwise not out in the world. */
export function isInside(address: string): boolean {
  const version = isIP(address)
  // An IPv4 address in IPv6 clothes is checked as what it is: BlockList does that for ::ffff:a.b.c.d.
  return inside.check(address, version === 6 ? 'ipv6' : 'ipv4')
}

/** The hosts that may be reached although they are inside: those of the configuration and of BELLHOP_ALLOW_HOSTS. */
export function allowedHosts(
  configured: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReadonlySet<string> {
  const listed = (env['BELLHOP_ALLOW_HOSTS'] ?? '').split(',').map(host => host.trim())
  return new Set([...configured, ...listed.filter(host => host !== '')])
}

export interface OutboundRequest {
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  /** Milliseconds for the whole of it. */
  readonly timeout: number
  readonly abort?: AbortSignal
}

/**
 * Posts, and answers the status; the answer's body is not read and redirects are not followed. `allowed` are hosts that may
 * be reached although they are inside. The address that was checked is the one connected to, whatever the name resolves to
 * next. Throws OutboundRefused, and what the network throws.
 */
export function post({ url, headers, body, timeout }: OutboundRequest, allowed: ReadonlySet<string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    }
    const length = ['Content-Length', String(body.length)] as const
    open(url, { method: 'POST', headers: [...headers, length].flat(), timeout }, allowed, answered)
      .once('error', reject)
      .end(body)
  })
}

/** Posts, under the same rules, and reads at most `mostBytes` of the answer's body. */
export function postAndRead(
  { url, headers, body, timeout, abort }: OutboundRequest,
  allowed: ReadonlySet<string>,
  mostBytes: number,
): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage) => fetched(response, mostBytes).then(resolve, reject)
    const length = ['Content-Length', String(body.length)] as const
    open(url, { method: 'POST', headers: [...headers, length].flat(), timeout, abort }, allowed, answered)
      .once('error', reject)
      .end(body)
  })
}

export interface Fetched {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Uint8Array
}

/**
 * Gets, under the same rules as post, and reads the body: one byte more than `mostBytes` at most, so that the caller sees
 * when it is too large.
 */
export function get(
  {
    url,
    timeout,
    mostBytes,
    headers: more = [['Accept', '*/*']],
  }: {
    readonly url: string
    readonly timeout: number
    readonly mostBytes: number
    /** Besides Host and User-Agent. */
    readonly headers?: readonly (readonly [name: string, value: string])[]
  },
  allowed: ReadonlySet<string>,
): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage) => fetched(response, mostBytes + 1).then(resolve, reject)
    // With headers as a list, Node adds none by itself.
    const headers = ['Host', new URL(url).host, 'User-Agent', 'bellhop', ...more.flat()]
    open(url, { method: 'GET', headers, timeout }, allowed, answered).once('error', reject).end()
  })
}

async function fetched(response: IncomingMessage, mostBytes: number): Promise<Fetched> {
  const body = await read(response, mostBytes)
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

async function read(response: IncomingMessage, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    size += chunk.length
    // Leaving the loop destroys the response.
    if (size >= mostBytes) break
  }
  return Buffer.concat(chunks).subarray(0, mostBytes)
}

function open(
  url: string,
  {
    method,
    headers,
    timeout,
    abort,
  }: { method: string; headers: readonly string[]; timeout: number; abort?: AbortSignal },
  allowed: ReadonlySet<string>,
  answered: (response: IncomingMessage) => void,
): ClientRequest {
  const { protocol, hostname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const free = allowed.has(host)
  if (protocol !== 'http:' && protocol !== 'https:') throw new OutboundRefused(`${protocol} is not http or https.`)
  if (isIP(host) && !free && isInside(host)) throw new OutboundRefused(refusal(host))
  const send = protocol === 'https:' ? httpsRequest : httpRequest
  const options = {
    method,
    headers: [...headers],
    lookup: free ? undefined : guardedLookup,
    signal: AbortSignal.any([AbortSignal.timeout(timeout), ...(abort ? [abort] : [])]),
    agent: false,
  } as const
  return send(url, options, answered)
}

const guardedLookup: LookupFunction = (name, options, done) => {
  resolveName(name, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '')
    const outside = addresses.filter(({ address }) => !isInside(address))
    const [first] = outside
    if (!first) return done(new OutboundRefused(refusal(name)), '')
    if (options.all) return done(null, outside)
    done(null, first.address, first.family)
  })
}

function refusal(host: string): string {
  return `${host} is loopback, link-local or private: it must be named in outbound.allow or BELLHOP_ALLOW_HOSTS.`
}
