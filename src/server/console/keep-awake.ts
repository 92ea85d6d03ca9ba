import type { EncodedAnswer } from '../../protocol/server.ts'
import type { Request } from '../pipeline.ts'
import { isSecure } from './cookies.ts'
import type { ConsoleSurroundings } from './entrance.ts'
import { keepSession, sessionIn } from './session.ts'

/** How old what a cookie says may become before it is sent anew: not every call has to. */
const staleMilliseconds = 60_000

/**
 * Calls that somebody made keep their session from ending for lying still; those that a page makes by itself, to stay up to
 * date, say so and do not.
 */
export function keepAwake(
  pipeline: (request: Request) => Promise<EncodedAnswer>,
  { services: { secrets, clock } }: ConsoleSurroundings,
): (request: Request) => Promise<EncodedAnswer> {
  return async request => {
    const answer = await pipeline(request)
    const session = sessionIn(request, secrets)
    const now = clock.now().getTime()
    const isByItself = request.header('x-bellhop-background') !== undefined
    // An answer of 400 may be that the session has ended; then it stays so.
    if (!session || isByItself || answer.status !== 200 || now - session.seenAt < staleMilliseconds) return answer
    const cookie = keepSession({ ...session, seenAt: now }, secrets, isSecure(request))
    return cookie ? { ...answer, headers: [...answer.headers, cookie] } : answer
  }
}
