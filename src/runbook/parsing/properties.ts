import { DocumentError } from '../document.ts'
import type { PlainMap } from '../plain.ts'

export function checkProperties(source: PlainMap, known: readonly string[], where: string): void {
  const unknown = Object.keys(source).filter(name => !known.includes(name))
  if (unknown.length > 0) throw new DocumentError(`${where} has an unknown property: ${unknown.join(', ')}.`)
}

export function optionalText(source: PlainMap, name: string, where: string): string | undefined {
  const value = source[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new DocumentError(`${where}: ${name} must be a string.`)
}

export function optionalNumber(source: PlainMap, name: string, where: string): number | undefined {
  const value = source[name]
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (!Number.isInteger(number)) throw new DocumentError(`${where}: ${name} must be a whole number.`)
  return number as number
}

/** Documents in JSON, and templates that make them, often write "true" for true. */
export function optionalBoolean(source: PlainMap, name: string, where: string): boolean | undefined {
  const value = source[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  throw new DocumentError(`${where}: ${name} must be true or false.`)
}
