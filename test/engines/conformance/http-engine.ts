import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Performed, type Performing, perform } from './program.ts'

interface Work extends Performing {
  done?: Performed
}

/** An engine behind HTTP as a user would write one: it takes the work, and tells its result where it said. */
export class HttpEngine {
  readonly #server: Server
  readonly #works = new Map<string, Work>()

  private constructor(directory: string, key: string) {
    this.#server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const { headers, method, url = '' } = request
      const answer = (status: number, json: object = {}, more: Record<string, string> = {}) =>
        response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(json))
      const signed = `${headers['x-bellhop-timestamp']} ${method} ${url}\n${body}`
      if (headers['x-bellhop-signature'] !== `v1=${createHmac('sha256', key).update(signed).digest('hex')}`) {
        return answer(403, { error: { message: 'not signed' } })
      }
      if (method === 'POST') {
        const operation = String(headers['x-bellhop-operation'])
        if (operation === 'parse') return answer(200, (await perform(directory, operation, {}).ended).result)
        const id = String(headers['idempotency-key'])
        if (!this.#works.has(id)) this.#begin(id, perform(directory, operation, JSON.parse(body)))
        return answer(202, {}, { location: `/work/${id}` })
      }
      const work = this.#works.get(url.slice('/work/'.length))
      if (!work) return answer(404)
      if (method === 'DELETE') work.stop()
      if (!work.done) return answer(202)
      const { result, failure } = work.done
      return answer(200, failure === undefined ? result : { error: { message: failure } })
    })
  }

  #begin(id: string, performing: Performing): void {
    const work: Work = performing
    this.#works.set(id, work)
    void performing.ended.then(done => {
      work.done = done
    })
  }

  static async start(directory: string, key: string): Promise<HttpEngine> {
    const made = new HttpEngine(directory, key)
    await new Promise<void>(done => made.#server.listen(0, '127.0.0.1', done))
    return made
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/engine`
  }

  async stop(): Promise<void> {
    for (const work of this.#works.values()) work.stop()
    this.#server.closeAllConnections()
    await new Promise(done => this.#server.close(done))
  }
}
