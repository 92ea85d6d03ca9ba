import { frozen } from './frozen.ts'
import { fromJson } from './json.ts'

/** Texts up to this length are kept, and so many of them, twice. */
const longest = 8 * 1024
const most = 250

let recent = new Map<string, unknown>()
let before = new Map<string, unknown>()

/**
 * `fromJson` for rows that are read again and again, such as a record that somebody waits for: a text that was read lately is
 * not parsed anew. The row itself is read each time, so nothing here can be out of date, whoever wrote it. The value is
 * shared, and therefore frozen.
 */
export function fromJsonAgain<T>(text: string): T {
  const known = recent.get(text) as T | undefined
  if (known !== undefined) return known
  if (text.length > longest) return fromJson<T>(text)
  const value = (before.get(text) as T | undefined) ?? frozen(fromJson<T>(text))
  if (recent.size >= most) {
    before = recent
    recent = new Map()
  }
  recent.set(text, value)
  return value
}
