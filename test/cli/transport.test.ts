import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import { type Answer, send, TransportError, type TransportOptions } from '../../src/cli/http.ts'
import { proxyFor } from '../../src/cli/proxy.ts'
import { Stub } from './stub.ts'

const tls = new URL('../cases/cli/tls/', import.meta.url)
const certificate = { cert: readFileSync(new URL('cert.pem', tls)), key: readFileSync(new URL('key.pem', tls)) }

function sendTo(address: string, extra: Partial<TransportOptions> = {}): Promise<Answer> {
  const url = new URL(address)
  const options: TransportOptions = {
    connectTimeout: 10_000,
    readTimeout: 10_000,
    verifyTls: true,
    caBundle: undefined,
    env: {},
    ...extra,
  }
  const body = Buffer.from('{}')
  const headers = [
    ['Host', url.host],
    ['Content-Length', '2'],
  ] as const
  return send({ method: 'POST', url, urlText: url.href, headers, body }, options)
}

/** A TCP server that treats every connection alike; closing it ends them all. */
async function tcpServer(serve: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

test('a call goes through the tunnel of a proxy, and the certificate is still checked', async () => {
  const stub = new Stub([{ body: 'through' }], certificate)
  const port = await stub.listen()
  const asked: string[] = []
  const proxy = await tcpServer(socket => {
    socket.once('data', head => {
      asked.push(head.toString().split('\r\n')[0]!)
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      const onward = connect(port, '127.0.0.1')
      onward.on('error', () => {})
      socket.pipe(onward).pipe(socket)
    })
  })
  const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }
  const address = `https://127.0.0.1:${port}/`
  try {
    const answer = await sendTo(address, { env, caBundle: new URL('cert.pem', tls).pathname })
    assert.equal(Buffer.from(answer.body).toString(), 'through')
    assert.deepEqual(asked, [`CONNECT 127.0.0.1:${port} HTTP/1.1`])
    await assert.rejects(sendTo(address, { env }), {
      message: `SSL validation failed for ${address} [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate`,
    })
  } finally {
    await proxy.close()
    await stub.close()
  }
})

test('an answer that breaks off is a closed connection, not an answer', async () => {
  const server = await tcpServer(socket => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half'))
  })
  const address = `http://127.0.0.1:${server.port}/`
  try {
    await assert.rejects(sendTo(address), error => {
      assert.ok(error instanceof TransportError)
      assert.equal(
        error.message,
        `Connection was closed before we received a valid response from endpoint URL: "${address}".`,
      )
      return true
    })
  } finally {
    await server.close()
  }
})

test('what is no HTTP at all is a failure of the transport', async () => {
  const server = await tcpServer(socket => {
    socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
  })
  try {
    await assert.rejects(sendTo(`http://127.0.0.1:${server.port}/`), TransportError)
  } finally {
    await server.close()
  }
})

test('a proxy is chosen by scheme, and NO_PROXY by host, domain and port', () => {
  const env = { HTTP_PROXY: 'http://upper:1', http_proxy: 'lower:1', HTTPS_PROXY: 'http://secure:1' }
  assert.equal(proxyFor(new URL('http://a.example/'), env)?.host, 'lower:1')
  assert.equal(proxyFor(new URL('https://a.example/'), env)?.host, 'secure:1')
  for (const noProxy of ['*', 'example', '.example', 'x, a.example', 'a.example:8080']) {
    assert.equal(proxyFor(new URL('http://a.example:8080/'), { ...env, NO_PROXY: noProxy }), undefined, noProxy)
  }
  assert.notEqual(proxyFor(new URL('http://a.example/'), { ...env, NO_PROXY: 'ample,b.example' }), undefined)
})
