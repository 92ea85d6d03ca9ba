import { timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../../operations/operation.ts'
import type { Session } from '../../operations/sts/session.ts'
import type { Request } from '../pipeline.ts'

/** A session of the console: sealed in its cookie, so that nothing of it is stored and any node can open it. */
export interface ConsoleSession {
  readonly id: string
  /** A user, through one of their keys, or a session of a role; without the secret that it was signed in with. */
  readonly holder:
    | { readonly accountId: string; readonly userName: string; readonly accessKeyId: string }
    | (Session & { readonly secretAccessKey: '' })
  /** What the page must send besides the cookie, which a browser sends by itself. */
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** When somebody last did something. */
  readonly seenAt: number
}

/** Below `/`, since pages and calls need it, and named for the place it is used in. */
const cookieName = 'bellhop-console'
const context = 'console-session'
/** Browsers keep cookies of up to 4096 bytes, with their names and attributes. */
const mostCookieCharacters = 3900

/** The cookie's header that begins or goes on with a session; undefined when the session is too large for one. */
export function sessionCookie(secrets: Secrets, session: ConsoleSession, secure: boolean): string | undefined {
  const value = secrets.seal(JSON.stringify(session), context)
  return value.length > mostCookieCharacters ? undefined : cookie(value, secure)
}

/** The header that makes the browser forget it. */
export function noCookie(secure: boolean): string {
  return `${cookie('', secure)}; Max-Age=0`
}

function cookie(value: string, secure: boolean): string {
  return `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
}

/** The session in a request's cookie, if it was sealed here. Whether it still counts is looked at elsewhere. */
export function sessionIn(request: Request, secrets: Secrets): ConsoleSession | undefined {
  for (const part of (request.header('cookie') ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at < 0 || part.slice(0, at).trim() !== cookieName) continue
    try {
      return JSON.parse(secrets.open(part.slice(at + 1).trim(), context)) as ConsoleSession
    } catch {
      // Of another server on this host, or made up.
    }
  }
  return undefined
}

/** Whether the page was reached through TLS, which a proxy in front of the server tells. It only makes the cookie stricter. */
export function isSecure(request: Request): boolean {
  return /^\s*https\s*(,|$)/.test(request.header('x-forwarded-proto') ?? '')
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
