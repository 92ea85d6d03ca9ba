import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { ProcessUser } from '../../processes/user.ts'
import { awsEndpoints, type Environment } from './environment.ts'

const awsHost = /\.(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/

/**
 * The one way out for scripts that have no network of their own: an HTTP proxy on a unix socket that leads to AWS's
 * endpoints, over TLS, and to those that stand for them here (AWS_ENDPOINT_URL), and to nothing else.
 */
export class EgressProxy {
  readonly #server: Server
  readonly #folder: string
  /** Host and port of the endpoints that are configured. */
  readonly #endpoints: ReadonlySet<string>
  readonly #user: ProcessUser | undefined
  readonly path: string

  constructor(directory: string, env: Environment, user: ProcessUser | undefined) {
    this.#folder = join(directory, `egress-${randomBytes(4).toString('hex')}`)
    this.path = join(this.#folder, 'socket')
    this.#endpoints = new Set(awsEndpoints(env).map(({ host, port }) => `${host}:${port}`))
    this.#user = user
    this.#server = createServer((request, response) => this.#forward(request, response))
    this.#server.on('connect', (request, socket, head) => this.#tunnel(request, socket as Socket, head))
  }

  async listen(): Promise<void> {
    mkdirSync(this.#folder, { mode: 0o700 })
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.path, resolve)
    })
    chmodSync(this.path, 0o600)
    if (this.#user) for (const each of [this.path, this.#folder]) chownSync(each, this.#user.uid, this.#user.gid)
    this.#server.unref()
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #allows(host: string, port: number): boolean {
    return (port === 443 && awsHost.test(host)) || this.#endpoints.has(`${host}:${port}`)
  }

  #tunnel(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => {})
    const [, host, port] = /^\[?([^\]/]+?)\]?:(\d{1,5})$/.exec(request.url ?? '') ?? []
    if (host === undefined || !this.#allows(host.toLowerCase(), Number(port))) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const upstream = connect({ host, port: Number(port) }, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const url = URL.canParse(request.url ?? '') ? new URL(request.url!) : undefined
    const refuse = (status: number) => response.writeHead(status, { 'content-length': 0 }).end()
    if (url?.protocol !== 'http:') return void refuse(400)
    if (!this.#allows(url.hostname.toLowerCase(), Number(url.port || 80))) return void refuse(403)
    const { 'proxy-connection': _, ...headers } = request.headers
    const upstream = httpRequest(url, { method: request.method, headers }, answer => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    })
    upstream.on('error', () => (response.headersSent ? response.destroy() : refuse(502)))
    request.pipe(upstream)
  }
}
