import type { EncodedAnswer } from '../../protocol/server.ts'
import type { Header } from './cookies.ts'

/** An answer to the page. */
export function json(status: number, value: unknown, more: readonly Header[] = []): EncodedAnswer {
  const headers = [['Content-Type', 'application/json'], ['Cache-Control', 'no-store'], ...more] as const
  return { status, headers, body: JSON.stringify(value) }
}

/** For requests that no page of ours sent. */
export const notTheConsole = json(403, { code: 'AccessDenied', message: 'This is not the console.' })

export function signInFailed(message: string): EncodedAnswer {
  return json(400, { code: 'SignInFailed', message })
}

/** The texts of an object in JSON, without the space around them; nothing, where the body is no such thing. */
export function fieldsIn(body: Uint8Array): Readonly<Partial<Record<string, string>>> {
  try {
    const entries = Object.entries(Object(JSON.parse(Buffer.from(body).toString())))
    return Object.fromEntries(
      entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value.trim()]] : [])),
    )
  } catch {
    return {}
  }
}
