import { type ServiceName, services } from '../src/model/services.ts'
import { encodeRequest } from '../src/protocol/client.ts'
import { signRequest } from '../src/sigv4/sign.ts'
import type { Credentials } from '../src/sigv4/types.ts'
import { RawConnection } from './raw-connection.ts'

export interface Target {
  readonly url: string
  readonly credentials: Credentials
}

export interface Load {
  readonly service: ServiceName
  readonly operation: string
  readonly input: (number: number) => object
  /** How many ask at the same time, each again as soon as it is answered. */
  readonly callers: number
  readonly calls: number
}

export interface Loaded {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/**
 * Asks so many times, over kept connections where the server keeps them. Requests are made and signed before the clock
 * starts: what is measured is the server. Throws when one is not answered with 200.
 */
export async function load(target: Target, { service, operation, input, callers, calls }: Load): Promise<Loaded> {
  const requests = Array.from({ length: calls }, (_, number) => requestBytes(target, service, operation, input(number)))
  const times: number[] = []
  let next = 0
  const begun = performance.now()
  const caller = async () => {
    const connection = new RawConnection(target.url)
    while (next < calls) {
      const request = requests[next]!
      next += 1
      const sent = performance.now()
      const { status, body } = await connection.send(request)
      times.push(performance.now() - sent)
      if (status !== 200) throw new Error(`${operation}: ${status} ${body}`)
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const seconds = (performance.now() - begun) / 1000
  times.sort((one, other) => one - other)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!
  return { perSecond: calls / seconds, p50: at(0.5), p99: at(0.99) }
}

/** A signed request as it goes over the wire. */
export function requestBytes(target: Target, service: ServiceName, operation: string, input: object): Buffer {
  const { host } = new URL(target.url)
  const { path, headers, body } = encodeRequest(services[service], operation, input)
  const unsigned = { method: 'POST', path, query: '', headers: [['Host', host] as const, ...headers], body }
  const scope = { region: 'us-east-1', service: services[service].metadata.signingName ?? service }
  const signature = signRequest(unsigned, target.credentials, scope, new Date())
  const lines = [...unsigned.headers, ['Content-Length', String(body.length)] as const, ...signature]
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n`), body])
}
