import {
  ALGORITHM,
  basicDateTime,
  type CanonicalOptions,
  canonicalRequest,
  credentialScope,
  sha256Hex,
  signature,
  stringToSign,
} from './canonical.ts'
import type { Credentials, HttpRequest, SigningKeyScope } from './types.ts'

/**
 * Headers that proxies and HTTP libraries may add or change on the way; the AWS SDKs leave them unsigned, too
 * (botocore, SIGNED_HEADERS_BLACKLIST; smithy-typescript, ALWAYS_UNSIGNABLE_HEADERS).
 */
const UNSIGNED_HEADERS = new Set([
  'authorization',
  'cache-control',
  'connection',
  'expect',
  'from',
  'keep-alive',
  'max-forwards',
  'pragma',
  'proxy-authorization',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
])

/**
 * The headers to add to a request so that it is signed: X-Amz-Date, X-Amz-Security-Token if the credentials have a
 * session token, and Authorization. The request must carry Host and every other header that is to be signed, and none
 * of the three. Its body must be what will be sent.
 */
export function signRequest(
  request: HttpRequest,
  credentials: Credentials,
  scope: SigningKeyScope,
  now: Date,
  options?: CanonicalOptions,
): [name: string, value: string][] {
  const dateTime = basicDateTime(now)
  const added: [string, string][] = [['X-Amz-Date', dateTime]]
  if (credentials.sessionToken) added.push(['X-Amz-Security-Token', credentials.sessionToken])

  const toSign: HttpRequest = { ...request, headers: [...request.headers, ...added] }
  const names = new Set(toSign.headers.map(([name]) => name.toLowerCase()).filter(name => !UNSIGNED_HEADERS.has(name)))
  if (!names.has('host')) throw new TypeError('A request without a Host header cannot be signed.')
  const signedHeaders = [...names].sort()

  const canonical = canonicalRequest(toSign, signedHeaders, sha256Hex(request.body), options)
  const date = dateTime.slice(0, 8)
  const hex = signature(credentials.secretAccessKey, date, scope, stringToSign(canonical, dateTime, scope)).toString(
    'hex',
  )
  const credential = `${credentials.accessKeyId}/${credentialScope(date, scope)}`
  added.push([
    'Authorization',
    `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${hex}`,
  ])
  return added
}
