import { connect, type Socket } from 'node:net'
import { TransportError } from './http.ts'
import type { Environment } from './session.ts'

/** The proxy for a URL from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY; lower-case names win, as in Python. */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const variable = (name: string) => env[name.toLowerCase()] ?? env[name]
  const address = variable(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') || variable('ALL_PROXY')
  if (!address || bypasses(url, variable('NO_PROXY') ?? '')) return undefined
  try {
    return new URL(/^[a-z]+:\/\//i.test(address) ? address : `http://${address}`)
  } catch {
    throw new TransportError(`Failed to connect to proxy URL: "${address}"`)
  }
}

function bypasses(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return noProxy
    .split(',')
    .map(entry => entry.trim().replace(/^\./, ''))
    .filter(entry => entry !== '')
    .some(entry => entry === '*' || [host, url.host].some(name => name === entry || name.endsWith(`.${entry}`)))
}

/** Ask a proxy for a tunnel (CONNECT). Throws a TransportError naming the proxy when it refuses. */
export function openTunnel(proxy: URL, target: URL, timeout: number): Promise<Socket> {
  const name = `"${proxy.protocol}//${proxy.host}"`
  const authority = `${target.hostname}:${target.port || 443}`
  return new Promise((resolve, reject) => {
    const socket = connect(Number(proxy.port || 80), proxy.hostname.replace(/^\[(.*)\]$/, '$1'))
    const fail = (cause?: unknown) => {
      socket.destroy()
      reject(new TransportError(`Failed to connect to proxy URL: ${name}`, { cause }))
    }
    if (timeout > 0) socket.setTimeout(timeout, fail)
    socket.once('error', fail)
    socket.once('close', fail)
    socket.once('connect', () => {
      const user = decodeURIComponent(proxy.username)
      const secret = Buffer.from(`${user}:${decodeURIComponent(proxy.password)}`).toString('base64')
      const authorization = user === '' ? '' : `Proxy-Authorization: Basic ${secret}\r\n`
      socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`)
    })
    let head = ''
    socket.on('data', function read(chunk: Buffer) {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      if (!/^HTTP\/1\.[01] 200 /.test(head)) return fail()
      socket.setTimeout(0)
      for (const [event, listener] of [
        ['data', read],
        ['error', fail],
        ['close', fail],
        ['timeout', fail],
      ] as const) {
        socket.off(event, listener)
      }
      resolve(socket)
    })
  })
}
