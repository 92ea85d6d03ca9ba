import type { EncodedAnswer } from '../protocol/server.ts'
import type { Request } from './pipeline.ts'

/** An answer whose body is bytes: a file's. */
export interface BytesAnswer extends Omit<EncodedAnswer, 'body'> {
  readonly body: Uint8Array
}

/** An answer that goes on after it has begun. */
export interface StreamedAnswer extends Omit<EncodedAnswer, 'body'> {
  /** Told where to write; answers what is called once the other end is gone, or the answer has ended. */
  stream(to: AnswerStream): () => void
}

export interface AnswerStream {
  /** False: the other end reads more slowly than is written. */
  write(text: string): boolean
  end(): void
}

export type HttpAnswer = EncodedAnswer | BytesAnswer | StreamedAnswer

type Answer = (request: Request) => Promise<HttpAnswer>

/** What is answered beside the API: a method (or `*`) and a path, which may end in `*`, and who answers. */
export interface SideRoute {
  readonly method: string
  readonly path: string
  readonly answer: Answer
}

/** Finds who answers a method and a path; the first that fits. */
export function sideRoutes(routes: readonly SideRoute[]): (method: string, path: string) => Answer | undefined {
  return (method, path) =>
    routes.find(
      route =>
        (route.method === '*' || route.method === method) &&
        (route.path.endsWith('*') ? path.startsWith(route.path.slice(0, -1)) : path === route.path),
    )?.answer
}

/** An answer of plain text. */
export function plainText(status: number, body: string, type = 'text/plain'): EncodedAnswer {
  return { status, headers: [['Content-Type', type]], body }
}
