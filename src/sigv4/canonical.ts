import crypto from 'node:crypto'
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
  const path = canonicalPath(request.path, options?.normalizePath ?? true)
  const headers = canonicalHeaders(request.headers, signedHeaders)
  return `${request.method}\n${path}\n${canonicalQuery(request.query)}\n${headers}\n${signedHeaders.join(';')}\n${bodyHash}`
}

/** Task 2. `dateTime` is ISO 8601 basic format, e.g. 20150830T123600Z. */
export function stringToSign(canonical: string, dateTime: string, scope: SigningKeyScope): string {
  return `${ALGORITHM}\n${dateTime}\n${credentialScope(dateTime.slice(0, 8), scope)}\n${sha256Hex(canonical)}`
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
  return sha256(data, 'hex')
}

/** In one call where Node has it (20.12), which takes a third of the time. */
function sha256(data: string | Uint8Array, encoding: 'hex'): string
function sha256(data: string | Uint8Array, encoding: 'buffer'): Buffer
function sha256(data: string | Uint8Array, encoding: 'hex' | 'buffer'): string | Buffer {
  if (typeof crypto.hash === 'function') return crypto.hash('sha256', data, encoding)
  const hash = crypto.createHash('sha256').update(data)
  return encoding === 'hex' ? hash.digest('hex') : hash.digest()
}

/** 20150830T123600Z; fractions of a second are dropped, as the format has none. */
export function basicDateTime(date: Date): string {
  const iso = date.toISOString()
  // Years beyond 9999 have more digits.
  const year = iso.length - 20
  return `${iso.slice(0, year)}${iso.slice(year + 1, year + 3)}${iso.slice(year + 4, year + 9)}${iso.slice(year + 10, year + 12)}${iso.slice(year + 13, year + 15)}Z`
}

/**
 * Derived keys by secret (hashed, so that no secret is a map key), day, region and service. A key is good for a day and
 * costs four HMACs, which a server would otherwise repeat for every request. Regions are the caller's choice: bounded.
 */
const derivedKeys = new Map<string, HmacKey>()
const DERIVED_KEYS_MAX = 1000

function signingKey(secretAccessKey: string, date: string, scope: SigningKeyScope): HmacKey {
  const name = `${sha256Hex(secretAccessKey)}/${date}/${scope.region}/${scope.service}`
  const known = derivedKeys.get(name)
  if (known !== undefined) return known
  const key = [date, scope.region, scope.service, TERMINATOR].reduce(
    (key, text) => hmacKey(hmac(key, text)),
    hmacKey(Buffer.from(`AWS4${secretAccessKey}`)),
  )
  if (derivedKeys.size >= DERIVED_KEYS_MAX) derivedKeys.delete(derivedKeys.keys().next().value!)
  derivedKeys.set(name, key)
  return key
}

/** A key as HMAC uses it (RFC 2104): as long as a block of SHA-256, combined with the inner and the outer padding. */
interface HmacKey {
  readonly inner: Buffer
  readonly outer: Buffer
}

const BLOCK_BYTES = 64

function hmacKey(key: Buffer): HmacKey {
  const short = key.length > BLOCK_BYTES ? sha256(key, 'buffer') : key
  const padded = (padding: number) => Buffer.alloc(BLOCK_BYTES, padding).map((byte, i) => byte ^ (short[i] ?? 0))
  return { inner: Buffer.from(padded(0x36)), outer: Buffer.from(padded(0x5c)) }
}

/** HMAC-SHA256 in two hashes: Node's own takes five times as long to set up as these take together (docs/decisions.md). */
function hmac({ inner, outer }: HmacKey, text: string): Buffer {
  const digest = sha256(Buffer.concat([inner, Buffer.from(text)]), 'buffer')
  return sha256(Buffer.concat([outer, digest]), 'buffer')
}

/** The path is encoded once more than it was sent: only S3 signs it as sent. */
function canonicalPath(path: string, normalize: boolean): string {
  if (path === '/') return path
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
  if (query === '') return query
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
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    // Most headers are not signed, and the longest of them is the signature's own.
    if (!signedHeaders.includes(key)) continue
    const before = values.get(key)
    values.set(key, before === undefined ? folded(value) : `${before},${folded(value)}`)
  }
  let text = ''
  for (const name of signedHeaders) text += `${name}:${values.get(name) ?? ''}\n`
  return text
}

function folded(value: string): string {
  const trimmed = value.trim()
  return /\s\s|[^\S ]/.test(trimmed) ? trimmed.replace(/\s+/g, ' ') : trimmed
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
