import { timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../../operations/operation.ts'
import type { Session } from '../../operations/sts/session.ts'
import type { Request } from '../pipeline.ts'
import { forgetCookie, type Header, readCookie, setCookie } from './cookies.ts'
import type { ConsoleSurroundings } from './entrance.ts'

/** A session of the console: sealed in its cookie, so that nothing of it is stored and any node can open it. */
export interface ConsoleSession {
  readonly id: string
  /** A user, through one of their keys, or a session of a role; without the secret that it was signed in with. */
  readonly holder:
    | { readonly accountId: string; readonly userName: string; readonly accessKeyId: string }
    | (Session & { readonly secretAccessKey: '' })
  /** The provider it was begun through, by its name in the configuration. */
  readonly oidc?: string
  /** What the page must send besides the cookie, which a browser sends by itself. */
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** When somebody last did something. */
  readonly seenAt: number
}

/** Below `/`, since pages and calls need it, and named for the place it is used in. */
const sessionCookie = { name: 'bellhop-console', path: '/', context: 'console-session', sameSite: 'Strict' } as const

/** Begins a session for whoever has been found to be who they say; undefined when it is too large for a cookie. */
export function startSession(
  {
    holder,
    until = Number.POSITIVE_INFINITY,
    oidc,
  }: Pick<ConsoleSession, 'holder' | 'oidc'> & { readonly until?: number },
  secure: boolean,
  { services: { clock, ids, secrets }, config }: ConsoleSurroundings,
): { readonly token: string; readonly cookie: Header } | undefined {
  const now = clock.now().getTime()
  const expiresAt = Math.min(until, now + config.hours * 3_600_000)
  const origin = oidc === undefined ? {} : { oidc }
  const session: ConsoleSession = { id: ids.uuid(), holder, ...origin, token: ids.uuid(), expiresAt, seenAt: now }
  const cookie = keepSession(session, secrets, secure)
  return cookie && { token: session.token, cookie }
}

/** The header that begins or goes on with a session; undefined when the session is too large for a cookie. */
export function keepSession(session: ConsoleSession, secrets: Secrets, secure: boolean): Header | undefined {
  return setCookie(sessionCookie, session, secrets, { secure })
}

/** The header that makes the browser forget it. */
export function forgetSession(secure: boolean): Header {
  return forgetCookie(sessionCookie, secure)
}

/** The session in a request's cookie, if it was sealed here. Whether it still counts is looked at elsewhere. */
export function sessionIn(request: Request, secrets: Secrets): ConsoleSession | undefined {
  return readCookie(request, sessionCookie, secrets) as ConsoleSession | undefined
}

/**
 * Whether a request comes from the console's own page: browsers say where a request that is not a GET comes from, and no
 * page can make them say otherwise.
 */
export function isFromOwnPage(request: Request): boolean {
  const site = request.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin') return false
  const origin = request.header('origin')
  try {
    return origin !== undefined && new URL(origin).host === request.header('host')
  } catch {
    return false
  }
}

/** Whether the page sent the token of its session. */
export function hasToken(request: Request, session: ConsoleSession): boolean {
  const given = Buffer.from(request.header('x-bellhop-token') ?? '')
  const wanted = Buffer.from(session.token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
