import { DocumentError } from './document.ts'

/** Nothing a document or a script hands over may be nested deeper: it is depth, not length, that overflows stacks. */
export const maxDepth = 100

export type PlainMap = Readonly<Record<string, unknown>>

export function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A map without a prototype: a key such as `__proto__` is then a key like any other. */
export function emptyMap(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

/** Copies parsed JSON or YAML into maps without a prototype. Throws DocumentError when it is nested too deep. */
export function plain(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) throw new DocumentError(`The document is nested more than ${maxDepth} levels deep.`)
  if (Array.isArray(value)) return value.map(item => plain(item, depth + 1))
  if (!isMap(value)) return value
  const copy = emptyMap()
  for (const key of Object.keys(value)) copy[key] = plain(value[key], depth + 1)
  return copy
}

/** Whether a value is nested more than maxDepth levels deep; it looks no deeper than that. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth >= maxDepth) return true
  return Object.values(value).some(item => isTooDeep(item, depth + 1))
}

/** The text of a value inside other text: strings as they are, everything else as JSON. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
