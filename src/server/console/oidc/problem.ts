import { OutboundRefused } from '../../outbound.ts'

/** Why nobody is signed in: a text for whoever tried to, and what the log is told besides. Neither holds a token or a code. */
export class Problem extends Error {
  readonly detail: string | undefined
  constructor(message: string, detail?: string) {
    super(message)
    this.name = 'Problem'
    this.detail = detail
  }
}

/** What a provider's client threw, as a problem. */
export function unusable(provider: string, error: unknown): Problem {
  if (error instanceof Problem) return error
  const { error: code, error_description: description } = error as { error?: unknown; error_description?: unknown }
  if (error instanceof Error && typeof code === 'string')
    return refused(provider, /^[\w.-]{1,60}$/.test(code) ? code : 'unknown_error', plain(description, 300))
  const chain = chainOf(error)
  const detail = chain.map(describe).join(', caused by: ')
  if (chain.some(isUnreachable)) {
    return new Problem(`${provider} cannot be reached at the moment. Try again in a while.`, detail)
  }
  const what = chain.map(({ code }) => answers[code ?? '']).find(Boolean) ?? 'gave an answer that is not understood'
  return new Problem(`${provider} ${what}. If that happens again, tell your administrator.`, detail)
}

/** The provider itself said no. */
function refused(provider: string, code: string, description: string): Problem {
  const says = description === '' ? '' : ` It says: “${description}”`
  const detail = `${code}${description === '' ? '' : `: ${description}`}`
  if (code === 'access_denied') return new Problem(`${provider} did not let you in (access_denied).${says}`, detail)
  return new Problem(`${provider} did not complete the sign-in (${code}).${says}`, detail)
}

/** Codes of openid-client and what they mean for people. */
const answers: Readonly<Record<string, string>> = {
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'gave a token that is not for this server or this sign-in',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'gave a token that is not valid at this time: the clocks may differ',
  OAUTH_KEY_SELECTION_FAILED: 'gave a token that is signed with none of its keys',
  OAUTH_UNSUPPORTED_OPERATION: 'gave a token that is not signed in a way that can be checked',
  OAUTH_WWW_AUTHENTICATE_CHALLENGE: 'did not take this server’s client id and secret',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'says that it is another issuer than the one that is configured',
}

interface Link {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly isRefused: boolean
}

/** An error and its causes. */
function chainOf(error: unknown): Link[] {
  const links: Link[] = []
  for (let each = error; each instanceof Error && links.length < 5; each = each.cause) {
    const { code } = each as { code?: unknown }
    links.push({
      name: each.name,
      message: each.message,
      ...(typeof code === 'string' && { code }),
      isRefused: each instanceof OutboundRefused,
    })
  }
  return links
}

/** Errors of the network and of TLS have codes that are not the client's own. */
function isUnreachable({ name, code = '', isRefused }: Link): boolean {
  return isRefused || name === 'TimeoutError' || code === 'OAUTH_TIMEOUT' || networkCode.test(code)
}

const networkCode = /^(E(?!RR_)[A-Z0-9_]+|CERT_|DEPTH_|SELF_|UNABLE_|ERR_TLS_|ERR_SSL_)/

/** A parser's message quotes what it could not read, which may be a token. */
function describe({ name, message, code }: Link): string {
  return `${code ?? name}${name === 'SyntaxError' ? '' : `: ${plain(message, 200)}`}`
}

/** What somebody else wrote, as text of one line without signs that are not seen. */
function plain(text: unknown, most: number): string {
  return typeof text === 'string'
    ? text
        .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
        .slice(0, most)
        .trim()
    : ''
}
