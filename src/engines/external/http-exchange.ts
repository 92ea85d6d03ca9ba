import { createHmac } from 'node:crypto'
import { largestResult } from './result.ts'

/** One signed request to an engine, and what it answered. */
export interface Exchange {
  readonly method: 'POST' | 'GET' | 'DELETE'
  readonly url: string
  readonly key: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  readonly now: number
  /** Milliseconds that the engine has to answer. */
  readonly timeout: number
}

export type Answered =
  /** `body` is parsed; undefined where it is not JSON or too large (`problem` says which). */
  | {
      readonly status: number
      readonly body?: unknown
      readonly problem?: string
      readonly location?: string
      /** Seconds. */
      readonly retryAfter?: number
    }
  /** Nobody answered; `unreachable` says why. */
  | { readonly unreachable: string }

/**
 * Signs and sends, without following redirects. The signature is the HMAC-SHA256, by the engine's key, of
 * `TIMESTAMP METHOD PATH?QUERY` and, after a line feed, the body.
 */
export async function exchange(request: Exchange): Promise<Answered> {
  const { method, url, key, body = '', headers, now, timeout } = request
  const { pathname, search } = new URL(url)
  const timestamp = String(Math.floor(now / 1000))
  const signed = `${timestamp} ${method} ${pathname}${search}\n${body}`
  try {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
      headers: {
        accept: 'application/json',
        ...(body !== '' && { 'content-type': 'application/json' }),
        'x-bellhop-timestamp': timestamp,
        'x-bellhop-signature': `v1=${createHmac('sha256', key).update(signed).digest('hex')}`,
        ...headers,
      },
      ...(body !== '' && { body }),
    })
    const location = response.headers.get('location')
    const retryAfter = seconds(response.headers.get('retry-after'))
    return {
      status: response.status,
      ...(await read(response)),
      ...(location !== null && { location }),
      ...(retryAfter !== undefined && { retryAfter }),
    }
  } catch (error) {
    return { unreachable: whyNot(error as Error, timeout) }
  }
}

async function read(response: Response): Promise<{ readonly body?: unknown; readonly problem?: string }> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    // Leaving the loop cancels what is still to come.
    if (size > largestResult) return { problem: `is larger than ${largestResult} bytes` }
    chunks.push(chunk)
  }
  try {
    return { body: JSON.parse(Buffer.concat(chunks).toString('utf8')) }
  } catch {
    // Not the parser's own words: they quote the contents, which may be secret.
    return { problem: 'is not JSON' }
  }
}

/** Only whole seconds are taken; the other form, a date, depends on two clocks. */
function seconds(text: string | null): number | undefined {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

/** fetch hides what the network said in the cause. */
function whyNot(error: Error, timeout: number): string {
  if (error.name === 'TimeoutError') return `it did not answer within ${timeout / 1000} seconds`
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException
  return code ?? message
}
