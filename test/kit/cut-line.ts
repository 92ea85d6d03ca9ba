import type { AddressInfo } from 'node:net'
import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** A line between a client and a server that can be cut: what comes in at the port goes to the socket, both ways. */
export interface CutLine {
  readonly port: number
  /** Connections hang: nothing arrives any more, and nobody is told. */
  cut(): void
  /** Those that hung are broken off; new ones go through. */
  mend(): void
  close(): Promise<void>
}

export async function cutLine(socketPath: string): Promise<CutLine> {
  /** All there ever were: one end may hang open long after the other has gone. */
  const sockets = new Set<Socket>()
  let whole = true
  const server: Server = createServer(near => {
    const far = createConnection(socketPath)
    const pair = [near, far] as const
    for (const [from, to] of [pair, [far, near] as const]) {
      sockets.add(from)
      from.on('data', chunk => {
        if (whole) to.write(chunk)
      })
      from.on('error', () => {})
      from.once('close', () => {
        sockets.delete(from)
        if (whole) to.destroy()
      })
    }
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      whole = false
    },
    mend() {
      whole = true
      for (const socket of sockets) socket.destroy()
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise(done => server.close(() => done()))
    },
  }
}
