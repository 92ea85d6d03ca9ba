import { timingSafeEqual } from 'node:crypto'
import {
  ALGORITHM,
  basicDateTime,
  type CanonicalOptions,
  canonicalRequest,
  sha256Hex,
  signature,
  stringToSign,
  TERMINATOR,
} from './canonical.ts'
import type { HttpRequest, SigningKeyScope } from './types.ts'

/**
 * Why a request is not authenticated:
 * - MissingAuthentication: nothing that looks like a Signature Version 4 header;
 * - IncompleteSignature: a header that does not follow the grammar, or signs too little;
 * - InvalidSignature: well formed, but wrong: signature, clock, scope or body.
 */
export type SignatureErrorCode = 'MissingAuthentication' | 'IncompleteSignature' | 'InvalidSignature'

/** Never holds a signature, a secret or a token: its message goes to the caller and into logs. */
export class SignatureError extends Error {
  readonly code: SignatureErrorCode

  constructor(code: SignatureErrorCode, message: string) {
    super(message)
    this.name = 'SignatureError'
    this.code = code
  }
}

export interface ParsedAuthorization {
  readonly accessKeyId: string
  readonly scope: SigningKeyScope & { /** YYYYMMDD, UTC. */ readonly date: string }
  /** Lower case, sorted, unique. */
  readonly signedHeaders: readonly string[]
  /** 64 lower-case hexadecimal digits. */
  readonly signature: string
  readonly requestDate: Date
  readonly sessionToken?: string
}

export interface ExpectedScope {
  /** Signing names of the services the request may be for, e.g. ['servicecatalog']. */
  readonly services: readonly string[]
  /** Regions the request may be for; any well-formed one if absent. */
  readonly regions?: readonly string[]
}

/** What is known of a request before its body is read. */
export type RequestHead = Omit<HttpRequest, 'body'>

const AUTHORIZATION_MAX_BYTES = 8192
/** AWS documents 15 minutes; its JSON 1.1 services were seen to allow 5 (aws-sdk-go#2194, aws-sdk-php#1780). */
const CLOCK_TOLERANCE_MINUTES = 5
/** Headers this verifier or the routing behind it reads: were one sent twice, it would not be clear which was meant. */
const SINGLE_HEADERS = ['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256', 'x-amz-target']
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
  'and signing method. Consult the service documentation for details.'

/**
 * First phase: everything that can be said without the key and the body, so that a caller without a key cannot make us
 * read a body. Throws SignatureError. The result is a claim, not an identity: only verifySignature proves it.
 */
export function parseAuthorization(request: RequestHead, now: Date, expected: ExpectedScope): ParsedAuthorization {
  const headers = headersByName(request.headers)
  const authorization = parseHeader(headers, request.query)
  const parameters = parseParameters(authorization)
  const credential = parseCredential(parameters.Credential)
  for (const name of SINGLE_HEADERS) {
    if ((headers.get(name)?.length ?? 0) > 1) throw incomplete(`The '${name}' header must not be repeated.`)
  }
  const { dateTime, requestDate } = parseDate(headers)
  checkScope(credential, dateTime, expected)
  checkClock(requestDate, now)
  const signedHeaders = parseSignedHeaders(parameters.SignedHeaders, headers)
  if (!/^[0-9a-f]{64}$/.test(parameters.Signature)) {
    throw incomplete("Authorization header's 'Signature' must be 64 lower-case hexadecimal digits.")
  }
  refuseUnsignedPayload(headers)
  const sessionToken = headers.get('x-amz-security-token')?.[0]
  return {
    accessKeyId: credential.accessKeyId,
    scope: { date: credential.date, region: credential.region, service: credential.service },
    signedHeaders,
    signature: parameters.Signature,
    requestDate,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  }
}

/**
 * Second phase: the body and the signature. The body is always hashed; X-Amz-Content-Sha256, if sent, must agree.
 * Throws SignatureError. `parsed` must come from parseAuthorization of the same request.
 */
export function verifySignature(
  request: HttpRequest,
  parsed: ParsedAuthorization,
  secretAccessKey: string,
  options?: CanonicalOptions,
): void {
  const bodyHash = sha256Hex(request.body)
  const claimedHash = request.headers.find(([name]) => name.toLowerCase() === 'x-amz-content-sha256')?.[1]
  if (claimedHash !== undefined && claimedHash.trim() !== bodyHash) {
    throw new SignatureError(
      'InvalidSignature',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
  }
  const canonical = canonicalRequest(request, parsed.signedHeaders, bodyHash, options)
  const text = stringToSign(canonical, basicDateTime(parsed.requestDate), parsed.scope)
  const expected = signature(secretAccessKey, parsed.scope.date, parsed.scope, text)
  if (!timingSafeEqual(expected, Buffer.from(parsed.signature, 'hex'))) {
    throw new SignatureError('InvalidSignature', MISMATCH)
  }
}

type HeadersByName = ReadonlyMap<string, readonly string[]>

function headersByName(headers: HttpRequest['headers']): HeadersByName {
  const byName = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    const values = byName.get(key)
    if (values) values.push(value)
    else byName.set(key, [value])
  }
  return byName
}

function incomplete(message: string): SignatureError {
  return new SignatureError('IncompleteSignature', message)
}

function parseHeader(headers: HeadersByName, query: string): string {
  const values = headers.get('authorization') ?? []
  if (/(^|&)x-amz-(algorithm|credential|signature)=/i.test(query)) {
    throw incomplete('Presigned requests are not accepted: sign with an Authorization header.')
  }
  if (values.length === 0) throw new SignatureError('MissingAuthentication', 'Missing Authentication Token')
  if (values.length > 1) throw incomplete('There must be exactly one Authorization header.')
  const value = values[0]!.trim()
  if (Buffer.byteLength(value) > AUTHORIZATION_MAX_BYTES) {
    throw incomplete(`The Authorization header must not be longer than ${AUTHORIZATION_MAX_BYTES} bytes.`)
  }
  const space = value.indexOf(' ')
  const algorithm = space < 0 ? value : value.slice(0, space)
  if (algorithm !== ALGORITHM) {
    // Another scheme (Basic, Bearer, AWS4-ECDSA-P256-SHA256): it may hold a secret, so it is not repeated.
    throw algorithm.startsWith('AWS')
      ? incomplete(`Unsupported AWS 'algorithm' in the Authorization header: only ${ALGORITHM} is accepted.`)
      : new SignatureError('MissingAuthentication', 'Missing Authentication Token')
  }
  return space < 0 ? '' : value.slice(space + 1)
}

const PARAMETERS = ['Credential', 'SignedHeaders', 'Signature'] as const
type Parameters = Record<(typeof PARAMETERS)[number], string>

/** `Credential=..., SignedHeaders=..., Signature=...`: blanks around the commas do not matter, nor does the order. */
function parseParameters(text: string): Parameters {
  const given = new Map<string, string>()
  for (const part of text.split(',').map(part => part.trim())) {
    if (part === '' && text.trim() === '') break
    const equals = part.indexOf('=')
    if (equals < 0) throw incomplete('Not a valid key=value pair (missing equal-sign) in Authorization header.')
    const name = part.slice(0, equals)
    if (!PARAMETERS.some(known => known === name)) throw incomplete('Unknown parameter in Authorization header.')
    if (given.has(name)) throw incomplete(`Authorization header must not repeat the '${name}' parameter.`)
    given.set(name, part.slice(equals + 1))
  }
  const missing = PARAMETERS.filter(name => !given.get(name))
  if (missing.length > 0) {
    throw incomplete(missing.map(name => `Authorization header requires '${name}' parameter.`).join(' '))
  }
  return Object.fromEntries(given) as Parameters
}

interface Credential extends SigningKeyScope {
  readonly accessKeyId: string
  readonly date: string
  readonly terminator: string
}

function parseCredential(text: string): Credential {
  const [accessKeyId, date, region, service, terminator, ...more] = text.split('/')
  if (terminator === undefined || more.length > 0) {
    throw incomplete(
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, ' +
        `got ${text.split('/').length}.`,
    )
  }
  // The length range of IAM's accessKeyIdType is 16 to 128; the public suite's example has 11.
  if (!/^\w{1,128}$/.test(accessKeyId!)) throw incomplete('Credential must start with an access key id.')
  return { accessKeyId: accessKeyId!, date: date!, region: region!, service: service!, terminator }
}

function parseDate(headers: HeadersByName): { dateTime: string; requestDate: Date } {
  const value = headers.get('x-amz-date')?.[0]?.trim()
  if (value === undefined) throw incomplete("Authorization header requires existence of an 'X-Amz-Date' header.")
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value)
  const requestDate = new Date(match ? `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}Z` : NaN)
  // The round trip refuses dates that do not exist, such as 31 February, which Date carries over into March.
  if (Number.isNaN(requestDate.getTime()) || basicDateTime(requestDate) !== value) {
    throw incomplete("Date must be in ISO-8601 'basic format', e.g. 20150830T123600Z.")
  }
  return { dateTime: value, requestDate }
}

function checkScope(credential: Credential, dateTime: string, expected: ExpectedScope): void {
  const wrong: string[] = []
  const regions = expected.regions
  if (regions ? !regions.includes(credential.region) : !/^[a-z0-9-]{1,63}$/.test(credential.region)) {
    wrong.push('Credential should be scoped to a valid region.')
  }
  if (!expected.services.includes(credential.service)) {
    const names = expected.services.map(name => `'${name}'`).join(' or ')
    wrong.push(`Credential should be scoped to correct service: ${names}.`)
  }
  if (credential.terminator !== TERMINATOR) {
    wrong.push(`Credential should be scoped with a valid terminator: '${TERMINATOR}'.`)
  }
  if (credential.date !== dateTime.slice(0, 8)) {
    wrong.push(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `it should be '${dateTime.slice(0, 8)}', from '${dateTime}'.`,
    )
  }
  if (wrong.length > 0) throw new SignatureError('InvalidSignature', wrong.join(' '))
}

function checkClock(requestDate: Date, now: Date): void {
  const tolerance = CLOCK_TOLERANCE_MINUTES * 60_000
  // Whole seconds, as requests have no finer time and the texts show none.
  const seconds = Math.floor(now.getTime() / 1000) * 1000
  const earliest = new Date(seconds - tolerance)
  const latest = new Date(seconds + tolerance)
  if (requestDate >= earliest && requestDate <= latest) return
  const [request, present] = [basicDateTime(requestDate), basicDateTime(now)]
  if (requestDate < earliest) {
    throw new SignatureError(
      'InvalidSignature',
      `Signature expired: ${request} is now earlier than ${basicDateTime(earliest)} ` +
        `(${present} - ${CLOCK_TOLERANCE_MINUTES} min.)`,
    )
  }
  throw new SignatureError(
    'InvalidSignature',
    `Signature not yet current: ${request} is still later than ${basicDateTime(latest)} ` +
      `(${present} + ${CLOCK_TOLERANCE_MINUTES} min.)`,
  )
}

function parseSignedHeaders(text: string, headers: HeadersByName): string[] {
  const names = text.split(';')
  // HTTP's token characters without capitals: names are signed in lower case.
  if (!names.every(name => /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name))) {
    throw incomplete("'SignedHeaders' must be lower-case header names separated by semicolons.")
  }
  if (!names.every((name, i) => i === 0 || names[i - 1]! < name)) {
    throw incomplete("'SignedHeaders' must be sorted, each name once.")
  }
  if (!names.includes('host')) {
    throw incomplete("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
  }
  for (const name of names) {
    if (!headers.has(name)) throw incomplete(`'SignedHeaders' names '${name}', which the request does not carry.`)
  }
  for (const name of headers.keys()) {
    if (name.startsWith('x-amz-') && !names.includes(name)) {
      throw incomplete(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`)
    }
  }
  return names
}

/** UNSIGNED-PAYLOAD and the STREAMING- forms are S3's; here they would leave the body open to change. */
function refuseUnsignedPayload(headers: HeadersByName): void {
  const claimed = headers.get('x-amz-content-sha256')?.[0]?.trim()
  if (claimed !== undefined && !/^[0-9a-f]{64}$/.test(claimed)) {
    throw new SignatureError(
      'InvalidSignature',
      "'x-amz-content-sha256' must be the SHA-256 of the body: unsigned and streamed payloads are not accepted.",
    )
  }
}
