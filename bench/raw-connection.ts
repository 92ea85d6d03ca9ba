import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly body: string
}

/**
 * Sends requests that were made before, as bytes, one after the other over one connection, which is opened anew where the
 * server closes it. It does next to nothing, so that a measured server is not held up by its client.
 */
export class RawConnection {
  readonly #host: string
  readonly #port: number
  #socket: Socket | undefined

  constructor(url: string) {
    const { hostname, port } = new URL(url)
    this.#host = hostname
    this.#port = Number(port)
  }

  send(request: Uint8Array): Promise<RawAnswer> {
    const socket = this.#socket ?? connect(this.#port, this.#host).setNoDelay()
    this.#socket = socket
    return new Promise((resolve, reject) => {
      let text = ''
      const settle = (done: () => void, keep: boolean) => {
        socket.removeAllListeners()
        if (!keep) {
          socket.on('error', () => {}).destroy()
          this.#socket = undefined
        }
        done()
      }
      socket.on('data', chunk => {
        text += chunk.toString('latin1')
        const answer = complete(text)
        if (answer) settle(() => resolve(answer), answer.keep)
      })
      socket.once('error', error => settle(() => reject(error), false))
      socket.once('close', () => settle(() => reject(new Error('The connection was closed.')), false))
      socket.write(request)
    })
  }

  close(): void {
    this.#socket?.destroy()
  }
}

/** The answer, once all of it is there. */
function complete(text: string): (RawAnswer & { readonly keep: boolean }) | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  const isWhole = length === undefined ? text.endsWith('0\r\n\r\n') : text.length - end - 4 >= Number(length)
  if (!isWhole) return undefined
  const keep = head.startsWith('HTTP/1.1') && !/\r\nconnection: *close/i.test(head)
  return { status: Number(head.slice(9, 12)), body: text.slice(end + 4), keep }
}
