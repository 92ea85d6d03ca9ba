import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { createPages } from '../../src/server/console/pages.ts'
import type { Input, OperationName, Output } from '../src/api/services.ts'

/** What operations answer; those without an answer are refused. */
export type Answers = { readonly [Name in OperationName]?: (input: Input<Name>) => Output<Name> }

/** Somebody who follows a run. */
export interface Follower {
  /** The id of the last state that they have, who come back. */
  readonly lastEventId: string | undefined
  /** Tells parts of the run, and that they belong to one state. */
  tell(parts: Readonly<Record<string, unknown>>, isEnded?: boolean): void
  /** Cuts the connection. */
  cut(): void
}

/** A stand-in for the server: the real pages, over answers that no real server would give, or not so many of them. */
export interface StandIn {
  readonly url: string
  /** Operations in the order in which they were called. */
  readonly calls: string[]
  close(): void
}

export async function startStandIn({
  answers,
  follow = follower => follower.tell({}, true),
  arn = 'arn:aws:iam::123456789012:user/Alice',
  token = 'token',
}: {
  readonly answers: Answers
  readonly follow?: (follower: Follower, id: string) => void
  readonly arn?: string
  readonly token?: string
}): Promise<StandIn> {
  const pages = createPages()
  const calls: string[] = []
  const server = createServer(async (request, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://stand-in')
    let body = ''
    for await (const chunk of request) body += chunk
    if (path === '/console/session')
      return json(response, { arn, accountId: '123456789012', region: 'us-east-1', token })
    if (path === '/console/document-check') return json(response, {})
    if (path === '/console/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const id = query.get('recordId') ?? query.get('executionId') ?? ''
      return follow(followerOf(response, request.headers['last-event-id'] as string | undefined), id)
    }
    if (path.startsWith('/console/api/')) {
      const name = path.slice('/console/api/'.length).replace('/', '.') as OperationName
      calls.push(name)
      const answer = answers[name] as ((input: unknown) => unknown) | undefined
      if (answer) return json(response, answer(JSON.parse(body)))
      response.statusCode = 400
      return json(response, { __type: 'AccessDeniedException', message: `You may not ${name}.` })
    }
    const header = (name: string) => request.headers[name] as string | undefined
    const found = (await pages({ head: { path }, header } as never)) as {
      readonly headers: [string, string][]
      readonly body: Uint8Array
      readonly status: number
    }
    response.writeHead(found.status, Object.fromEntries(found.headers)).end(found.body)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A stand-in that goes when the test does. */
export async function standInFor(
  t: Pick<TestContext, 'after'>,
  options: Parameters<typeof startStandIn>[0],
): Promise<StandIn> {
  const standIn = await startStandIn(options)
  t.after(() => standIn.close())
  return standIn
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value))
}

let states = 0

function followerOf(response: ServerResponse, lastEventId: string | undefined): Follower {
  response.write('retry: 50\n\n')
  return {
    lastEventId,
    tell(parts, isEnded = false) {
      const events = Object.entries(parts).map(
        ([name, part]) => `event: part\ndata: ${JSON.stringify(name)}\ndata: ${JSON.stringify(part)}\n\n`,
      )
      response.write(`${events.join('')}id: ${++states}\nevent: state\ndata: ${isEnded ? 'ended' : 'open'}\n\n`)
    },
    cut: () => void response.destroy(),
  }
}
