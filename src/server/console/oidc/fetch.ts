import type { CustomFetch } from 'openid-client'
import { get, postAndRead } from '../../outbound.ts'

/** Milliseconds that one request to a provider may take. */
const usualTimeout = 8_000
/** More than any provider's metadata, keys or tokens. */
const mostBytes = 512 * 1024

/** What a provider answered that cannot be taken for an answer. */
export class ProviderAnswerError extends Error {}

/** Requests to providers as all of the server's go out: no inner addresses but the allowed ones, limits on time and size. */
export function outboundFetch(allowed: ReadonlySet<string>, timeout = usualTimeout): CustomFetch {
  return async (url, { method, headers: given, body }) => {
    const named = [...new Headers(given)].filter(([name]) => name !== 'user-agent')
    const request = { url, timeout, headers: named }
    const answer =
      method === 'POST'
        ? await postAndRead(
            {
              ...request,
              headers: [['Host', new URL(url).host], ['User-Agent', 'bellhop'], ...named],
              body: Buffer.from(String(body ?? '')),
            },
            allowed,
            mostBytes + 1,
          )
        : await get({ ...request, mostBytes }, allowed)
    if (answer.body.length > mostBytes) throw new ProviderAnswerError(`It is larger than ${mostBytes} bytes.`)
    const { status } = answer
    if (status < 200 || status > 599) throw new ProviderAnswerError(`Its status is ${status}.`)
    const headers = new Headers()
    for (const name of ['content-type', 'www-authenticate'] as const) {
      const value = answer.headers[name]
      if (value !== undefined) headers.set(name, String(value))
    }
    return new Response([204, 205, 304].includes(status) ? null : Buffer.from(answer.body), { status, headers })
  }
}
