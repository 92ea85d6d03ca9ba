import type { OutgoingRequest } from './http.ts'
import type { Io } from './io.ts'

/** What --debug shows, on stderr. It is absent without the option, so that a call pays nothing for it. */
export interface Trace {
  /** One line, or a text of several. */
  line(text: string): void
  /** From now on this text is never shown, in none of the forms it takes on the wire. */
  hide(secret: string | undefined): void
  request(request: OutgoingRequest): void
  /** `body` is left out where all of it is a secret. */
  answer(status: number, headers: ReadonlyMap<string, string>, body: Uint8Array | undefined, milliseconds: number): void
}

/** Headers whose value is a secret, whoever sends them. */
const SECRET_HEADERS = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'set-cookie',
  'x-amz-security-token',
  'x-amz-sso_bearer_token',
  'x-aws-ec2-metadata-token',
])

const SECRET_MEMBERS =
  'secretaccesskey|sessiontoken|securitytoken|token|accesstoken|refreshtoken|idtoken|clientsecret|' +
  'webidentitytoken|samlassertion|tokencode|aws_secret_access_key|aws_session_token|aws_security_token'
/** A name that people give to secrets: the parameters of a product are the service's data, and may hold some. */
const SECRET_NAME = '[\\w.:/-]*(?:password|passwd|passphrase|secret|api_?-?key|private_?-?key)[\\w.:/-]*'
const NAMED = `(?:${SECRET_MEMBERS}|${SECRET_NAME})`
const JSON_TEXT = '"(?:[^"\\\\]|\\\\.)*"'

/** What may stand in a text besides the secrets that are known by value. */
const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // A signature, wherever it is quoted; an error of the service may show the whole header.
  [/(Signature\s*[=:]\s*)[0-9a-fA-F]{8,}/g, '$1***'],
  [/\b[0-9a-f]{64}\b/g, '***'],
  [new RegExp(`("${NAMED}"\\s*:\\s*)(?:${JSON_TEXT}|\\[[^\\]]*\\])`, 'gi'), '$1"***"'],
  [
    new RegExp(
      `("(?:Parameter)?Key"\\s*:\\s*"${SECRET_NAME}"\\s*,\\s*"(?:Parameter)?Value"\\s*:\\s*)${JSON_TEXT}`,
      'gi',
    ),
    '$1"***"',
  ],
  [new RegExp(`(<(${NAMED})>)[^<]*(</\\2>)`, 'gi'), '$1***$3'],
  [new RegExp(`(Key=${SECRET_NAME},\\s*Value=)[^,\\s"']+`, 'gi'), '$1***'],
  [new RegExp(`((?:^|[\\s&?,{"'])${NAMED}=)[^&,\\s"']+`, 'gi'), '$1***'],
  // Name and secret in an address.
  [/(\/\/)[^/\s@"']+@/g, '$1***@'],
  // An access key id says whose key it is; its start and its end do, too.
  [/\b((?:AKIA|ASIA)[A-Z0-9]{2})[A-Z0-9]{6,}([A-Z0-9]{2})\b/g, '$1***$2'],
]

/** A longer text is cut: what is of use stands at its start. */
const MOST_BODY_BYTES = 64 * 1024

/** Open the trace of one run. */
export function openTrace(io: Pick<Io, 'stderr' | 'now'>): Trace {
  const secrets = new Set<string>()
  const clean = (text: string) => {
    let shown = text
    for (const secret of secrets) shown = shown.replaceAll(secret, '***')
    for (const [pattern, replacement] of RULES) shown = shown.replace(pattern, replacement)
    return shown
  }
  const line = (text: string) => io.stderr.write(`${io.now().toISOString()} - DEBUG - ${clean(text)}\n`)
  const headersText = (headers: Iterable<readonly [string, string]>) =>
    [...headers].map(([name, value]) => `\n    ${name}: ${shownHeader(name, value)}`).join('')
  return {
    line,
    hide: secret => {
      if (!secret) return
      const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), xmlText(secret)]
      for (const form of forms) secrets.add(form)
    },
    request: ({ method, url, urlText, headers, body }) => {
      line(`request: ${method} ${url.pathname}${url.search} to ${urlText}${headersText(headers)}${bodyText(body)}`)
    },
    answer: (status, headers, body, milliseconds) => {
      const shownBody = body === undefined ? '\n    (a body that is not shown)' : bodyText(body)
      line(`answer: HTTP ${status} after ${milliseconds} ms${headersText(headers)}${shownBody}`)
    },
  }
}

/** An access key id as it may be shown: enough to tell two apart. */
export function partly(accessKeyId: string): string {
  return accessKeyId.length < 12
    ? `${accessKeyId.slice(0, 2)}***`
    : `${accessKeyId.slice(0, 6)}***${accessKeyId.slice(-2)}`
}

function shownHeader(name: string, value: string): string {
  if (!SECRET_HEADERS.has(name.toLowerCase())) return value
  const signed = /^(\S+) Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=/.exec(value)
  if (!signed) return '***'
  const [, algorithm, key, scope, names] = signed as unknown as string[]
  return `${algorithm} Credential=${partly(key!)}/${scope}, SignedHeaders=${names}, Signature=***`
}

function bodyText(body: Uint8Array): string {
  if (body.length === 0) return ''
  const text = Buffer.from(body.subarray(0, MOST_BODY_BYTES)).toString('utf8')
  return `\n    ${text}${body.length > MOST_BODY_BYTES ? ` ... (${body.length} bytes)` : ''}`
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
