import { lookup as resolveName } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
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

export interface OutboundRequest {
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  /** Milliseconds for the whole of it. */
  readonly timeout: number
}

/**
 * Posts, and answers the status; the answer's body is not read and redirects are not followed. `allowed` are hosts that may
 * be reached although they are inside. The address that was checked is the one connected to, whatever the name resolves to
 * next. Throws OutboundRefused, and what the network throws.
 */
export function post({ url, headers, body, timeout }: OutboundRequest, allowed: ReadonlySet<string>): Promise<number> {
  const { protocol, hostname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const free = allowed.has(host)
  return new Promise((resolve, reject) => {
    if (protocol !== 'http:' && protocol !== 'https:') throw new OutboundRefused(`${protocol} is not http or https.`)
    if (isIP(host) && !free && isInside(host)) throw new OutboundRefused(refusal(host))
    const answered = (response: IncomingMessage) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    }
    const send = protocol === 'https:' ? httpsRequest : httpRequest
    const options = {
      method: 'POST',
      headers: [...headers, ['Content-Length', String(body.length)] as const].flat(),
      lookup: free ? undefined : guardedLookup,
      signal: AbortSignal.timeout(timeout),
      agent: false,
    } as const
    send(url, options, answered).once('error', reject).end(body)
  })
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
