import { Agent, request } from 'node:http'
import { type ServiceName, services } from '../src/model/services.ts'
import { encodeRequest } from '../src/protocol/client.ts'
import { signRequest } from '../src/sigv4/sign.ts'
import type { Credentials } from '../src/sigv4/types.ts'

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

/** Asks so many times, signed, over kept connections. Throws when one is not answered with 200. */
export async function load(target: Target, { service, operation, input, callers, calls }: Load): Promise<Loaded> {
  const connections = new Connections(target, callers)
  const times: number[] = []
  let next = 0
  const begun = performance.now()
  const caller = async () => {
    while (next < calls) {
      const number = next
      next += 1
      const sent = performance.now()
      await connections.ask(service, operation, input(number))
      times.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const seconds = (performance.now() - begun) / 1000
  connections.close()
  times.sort((one, other) => one - other)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!
  return { perSecond: calls / seconds, p50: at(0.5), p99: at(0.99) }
}

/** A client that costs little: its signatures and kept connections are all it does. */
export class Connections {
  readonly #target: Target
  readonly #agent: Agent

  constructor(target: Target, most: number) {
    this.#target = target
    this.#agent = new Agent({ keepAlive: true, maxSockets: most })
  }

  /** Answers the body. Throws when it is not answered with 200. */
  ask(service: ServiceName, operation: string, input: object): Promise<string> {
    return ask(this.#target, this.#agent, service, operation, input)
  }

  close(): void {
    this.#agent.destroy()
  }
}

function ask(target: Target, agent: Agent, service: ServiceName, operation: string, input: object): Promise<string> {
  const { host, hostname, port } = new URL(target.url)
  const { path, headers, body } = encodeRequest(services[service], operation, input)
  const unsigned = { method: 'POST', path, query: '', headers: [['Host', host] as const, ...headers], body }
  const scope = { region: 'us-east-1', service: services[service].metadata.signingName ?? service }
  const signature = signRequest(unsigned, target.credentials, scope, new Date())
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        hostname,
        port,
        method: 'POST',
        path,
        headers: [...unsigned.headers, ['Content-Length', String(body.length)] as const, ...signature].flat(),
      },
      response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', chunk => {
          text += chunk
        })
        response.once('end', () =>
          response.statusCode === 200
            ? resolve(text)
            : reject(new Error(`${operation}: ${response.statusCode} ${text}`)),
        )
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}
