import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { HttpRequest, SigningKeyScope } from './types.ts'

/** The only algorithm of Signature Version 4 that the services we speak declare (aws.auth#sigv4). */
export const ALGORITHM = 'AWS4-HMAC-SHA256'
export const TERMINATOR = 'aws4_request'

export interface CanonicalOptions {
  /**
   * Whether `.`, `..` and empty path segments are resolved before the path is encoded. Every service but S3 does it,
   * so it is on unless said otherwise.
   */
  readonly normalizePath?: boolean
}

/**
 * The canonical request of AWS's "Signature Version 4 signing process", task 1. `signedHeaders` are lower-case names in
 * the order they are signed; a name the request does not carry counts as an empty value.
 */
export function canonicalRequest(
  request: Omit<HttpRequest, 'body'>,
  signedHeaders: readonly string[],
  bodyHash: string,
  options?: CanonicalOptions,
): string {
  return [
    request.method,
    canonicalPath(request.path, options?.normalizePath ?? true),
    canonicalQuery(request.query),
    canonicalHeaders(request.headers, signedHeaders),
    signedHeaders.join(';'),
    bodyHash,
  ].join('\n')
}

/** Task 2. `dateTime` is ISO 8601 basic format, e.g. 20150830T123600Z. */
export function stringToSign(canonical: string, dateTime: string, scope: SigningKeyScope): string {
  return [ALGORITHM, dateTime, credentialScope(dateTime.slice(0, 8), scope), sha256Hex(canonical)].join('\n')
}

/** `20150830/us-east-1/servicecatalog/aws4_request`: what follows the access key id in Credential. */
export function credentialScope(date: string, scope: SigningKeyScope): string {
  return `${date}/${scope.region}/${scope.service}/${TERMINATOR}`
}

/** Task 3: the signature as 32 bytes. */
export function signature(secretAccessKey: string, date: string, scope: SigningKeyScope, text: string): Buffer {
  return hmac(signingKey(secretAccessKey, date, scope), text)
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** 20150830T123600Z; fractions of a second are dropped, as the format has none. */
export function basicDateTime(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/**
 * Derived keys by secret (hashed, so that no secret is a map key), day, region and service. A key is good for a day and
 * costs four HMACs, which a server would otherwise repeat for every request. Regions are the caller's choice: bounded.
 */
const derivedKeys = new Map<string, KeyObject>()
const DERIVED_KEYS_MAX = 1000

function signingKey(secretAccessKey: string, date: string, scope: SigningKeyScope): KeyObject {
  const name = [sha256Hex(secretAccessKey), date, scope.region, scope.service].join('/')
  const known = derivedKeys.get(name)
  if (known !== undefined) return known
  const secret = createSecretKey(`AWS4${secretAccessKey}`, 'utf8')
  const key = [date, scope.region, scope.service, TERMINATOR].reduce(
    (key, text) => createSecretKey(hmac(key, text)),
    secret,
  )
  if (derivedKeys.size >= DERIVED_KEYS_MAX) derivedKeys.delete(derivedKeys.keys().next().value!)
  derivedKeys.set(name, key)
  return key
}

/** The key as an object: Node takes longer to look at any other than to use it (docs/decisions.md). */
function hmac(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** The path is encoded once more than it was sent: only S3 signs it as sent. */
function canonicalPath(path: string, normalize: boolean): string {
  const segments = (normalize ? normalizedPath(path) : path).split('/')
  return segments.map(segment => encodeBytes(Buffer.from(segment))).join('/') || '/'
}

function normalizedPath(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') kept.pop()
    else kept.push(segment)
  }
  return `/${kept.join('/')}${path.endsWith('/') && kept.length > 0 ? '/' : ''}`
}

/** Names and values are decoded first: clients differ in what they escape, and the escapes carry no meaning. */
function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter(part => part !== '')
    .map(part => {
      const equals = part.indexOf('=')
      const name = equals < 0 ? part : part.slice(0, equals)
      const value = equals < 0 ? '' : part.slice(equals + 1)
      return [encodeBytes(percentDecode(name)), encodeBytes(percentDecode(value))] as const
    })
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** By code unit; encoded names are ASCII, so this is the byte order the process asks for. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function canonicalHeaders(headers: HttpRequest['headers'], signedHeaders: readonly string[]): string {
  const values = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    const folded = value.trim().replace(/\s+/g, ' ')
    const list = values.get(key)
    if (list) list.push(folded)
    else values.set(key, [folded])
  }
  return signedHeaders.map(name => `${name}:${values.get(name)?.join(',') ?? ''}\n`).join('')
}

/** Bytes, not characters: an escape need not be UTF-8. A `%` that starts no escape stands for itself. */
function percentDecode(text: string): Uint8Array {
  if (!text.includes('%')) return Buffer.from(text)
  const parts = text.split(/(%[0-9A-Fa-f]{2})/)
  return Buffer.concat(parts.map((part, i) => (i % 2 ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part))))
}

const UNRESERVED = /^[A-Za-z0-9\-._~]$/

function encodeBytes(bytes: Uint8Array): string {
  let encoded = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    encoded += UNRESERVED.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
