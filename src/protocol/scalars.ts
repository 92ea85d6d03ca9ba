import { SerializationException } from './errors.ts'

/** Whole seconds or ISO 8601 with zone, as the SDKs write it; undefined when it is no date. */
export function parseIsoTimestamp(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d))?$/.test(text)) return undefined
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** Epoch seconds, fractions allowed; undefined when Date cannot hold it. */
export function parseEpochSeconds(seconds: number): Date | undefined {
  const date = new Date(Math.round(seconds * 1000))
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** Epoch seconds with milliseconds, the JSON protocols' form of a timestamp. */
export function epochSeconds(date: Date): number {
  return date.getTime() / 1000
}

/** Strict base64. Throws SerializationException with the texts seen from AWS (kinesalite's recorded answers). */
export function decodeBase64(text: string): Uint8Array {
  const refuse = (why: string) => new SerializationException(`STRING_VALUE can not be converted to a Blob: ${why}`)
  if (text.length % 4 !== 0) {
    throw refuse(`Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`)
  }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw refuse('Invalid Base64 character')
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw refuse('Invalid last non-pad Base64 character')
  return bytes
}

/**
 * Text that every part behind us can keep: a lone surrogate has no UTF-8 form and PostgreSQL's text takes no NUL, so
 * both would come back changed, or not at all. Throws SerializationException.
 */
export function storableText(text: string): string {
  if (text.includes('\u0000')) throw new SerializationException('Strings must not contain the character U+0000.')
  if (!text.isWellFormed()) throw new SerializationException('Strings must not contain unpaired surrogates.')
  return text
}
