import type { EncodedAnswer } from '../protocol/server.ts'
import type { Request } from './pipeline.ts'

type Answer = (request: Request) => Promise<EncodedAnswer>

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
