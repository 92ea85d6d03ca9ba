import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { RequestEntityTooLargeException, RequestTimeoutException } from '../protocol/errors.ts'
import type { Request } from './pipeline.ts'
import type { HttpAnswer } from './routes.ts'

/**
 * The largest body: the largest legal Execute has 200 parameters of 25 values of 512 characters, 2.56 million
 * characters before JSON's own.
 */
const mostBodyBytes = 4 * 1024 * 1024
/** What is read and thrown away of a body that is too large, so that the caller gets to see the answer. */
const mostDiscardedBytes = 32 * 1024 * 1024
const mostHeaderBytes = 32 * 1024
const requestMilliseconds = 30_000

/** An HTTP server in front of the pipeline: limits on bytes and time, nothing else. It does not listen yet. */
export function createHttpServer(
  pipeline: (request: Request) => Promise<HttpAnswer>,
  isReady: () => boolean,
  /** What answers a method and path that is not the API's; undefined: the API does. */
  other: (method: string, path: string) => ((request: Request) => Promise<HttpAnswer>) | undefined = () => undefined,
): Server {
  const server = createServer(
    {
      maxHeaderSize: mostHeaderBytes,
      headersTimeout: requestMilliseconds,
      requestTimeout: requestMilliseconds,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      const path = request.url ?? '/'
      if (request.method === 'GET' && (path === '/healthz' || path.startsWith('/healthz?'))) {
        return end(response, {
          status: isReady() ? 200 : 503,
          headers: [['Content-Type', 'text/plain']],
          body: isReady() ? 'ok\n' : 'starting\n',
        })
      }
      void answer(request, response, other(request.method ?? 'GET', path.split('?', 1)[0]!) ?? pipeline)
    },
  )
  // A caller that goes away in the middle is no fault of ours.
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    else socket.destroy()
  })
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pipeline: (request: Request) => Promise<HttpAnswer>,
): Promise<void> {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const pairs: [string, string][] = []
  for (let i = 0; i < request.rawHeaders.length; i += 2)
    pairs.push([request.rawHeaders[i]!, request.rawHeaders[i + 1]!])
  const answered = await pipeline({
    head: {
      method: request.method ?? 'GET',
      path: mark < 0 ? url : url.slice(0, mark),
      query: mark < 0 ? '' : url.slice(mark + 1),
      headers: pairs,
    },
    header: name => {
      const value = request.headers[name]
      return Array.isArray(value) ? value.at(-1) : value
    },
    body: mostBytes => readBody(request, mostBytes),
    sourceIp: request.socket.remoteAddress,
    endpoint: `http://${request.headers.host ?? 'localhost'}`,
  })
  if (!request.complete) {
    // Answered before the body was read: the rest is thrown away within bounds, or the caller would see a reset.
    await discard(request)
    response.setHeader('Connection', 'close')
  }
  end(response, answered)
}

function end(response: ServerResponse, answered: HttpAnswer): void {
  if (response.destroyed) return
  const { status, headers } = answered
  if ('stream' in answered) {
    response.writeHead(status, headers.flat())
    response.flushHeaders()
    const ended = answered.stream({
      write: text => response.write(text),
      end: () => response.end(),
    })
    response.once('close', ended)
    return
  }
  const { body } = answered
  // All at once: each header set by itself is looked up, checked and kept first.
  response.writeHead(status, [...headers.flat(), 'Content-Length', String(Buffer.byteLength(body))])
  // A text leaves together with the head, in one write.
  response.end(body)
}

function tooLarge(mostBytes: number): RequestEntityTooLargeException {
  return new RequestEntityTooLargeException(`The request body is larger than ${mostBytes} bytes.`)
}

function readBody(request: IncomingMessage, mostBytes = mostBodyBytes): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return Promise.reject(tooLarge(mostBytes))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (done: () => void) => {
      request.off('data', onData)
      request.off('end', onEnd)
      request.off('close', onClose)
      done()
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > mostBytes) settle(() => reject(tooLarge(mostBytes)))
      else chunks.push(chunk)
    }
    const onEnd = () => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    const onClose = () => settle(() => reject(new RequestTimeoutException('The request body did not arrive.')))
    request.on('data', onData)
    request.on('end', onEnd)
    request.on('close', onClose)
    request.on('error', () => {})
  })
}

function discard(request: IncomingMessage): Promise<void> {
  return new Promise(resolve => {
    let size = 0
    const timer = setTimeout(resolve, 5_000)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > mostDiscardedBytes) done()
    })
    request.on('end', done)
    request.on('close', done)
    request.on('error', done)
    request.resume()
  })
}
