import type { Secrets } from '../../operations/operation.ts'
import type { Request } from '../pipeline.ts'

/** A cookie that holds something sealed with the server's key: any node can open it, and no browser can make one up. */
export interface SealedCookie {
  readonly name: string
  readonly path: string
  /** What it is sealed for: a cookie under another's name does not open. */
  readonly context: string
  /** Lax where a browser must send it when it comes back from another site. */
  readonly sameSite: 'Strict' | 'Lax'
}

interface Attributes {
  readonly secure: boolean
  /** Absent: until the browser is closed. */
  readonly seconds?: number
}

export type Header = readonly [name: string, value: string]

/** Browsers keep cookies of up to 4096 bytes, with their names and attributes. */
const mostCharacters = 3900

/** The header that gives a browser the cookie; undefined when the value is too large for one. */
export function setCookie(
  cookie: SealedCookie,
  value: unknown,
  secrets: Secrets,
  attributes: Attributes,
): Header | undefined {
  const sealed = secrets.seal(JSON.stringify(value), cookie.context)
  return sealed.length > mostCharacters ? undefined : header(cookie, sealed, attributes)
}

/** The header that makes the browser forget it. */
export function forgetCookie(cookie: SealedCookie, secure: boolean): Header {
  return header(cookie, '', { secure, seconds: 0 })
}

function header({ name, path, sameSite }: SealedCookie, value: string, { secure, seconds }: Attributes): Header {
  const age = seconds === undefined ? '' : `; Max-Age=${seconds}`
  return [
    'Set-Cookie',
    `${name}=${value}; Path=${path}; HttpOnly; SameSite=${sameSite}${secure ? '; Secure' : ''}${age}`,
  ]
}

/** What a request's cookie holds, if it was sealed here. Whether it still counts is looked at elsewhere. */
export function readCookie(request: Request, { name, context }: SealedCookie, secrets: Secrets): unknown {
  for (const part of (request.header('cookie') ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at < 0 || part.slice(0, at).trim() !== name) continue
    try {
      return JSON.parse(secrets.open(part.slice(at + 1).trim(), context))
    } catch {
      // Of another server on this host, or made up.
    }
  }
  return undefined
}

/** Whether the page was reached through TLS, which a proxy in front of the server tells. It only makes cookies stricter. */
export function isSecure(request: Request): boolean {
  return /^\s*https\s*(,|$)/.test(request.header('x-forwarded-proto') ?? '')
}
