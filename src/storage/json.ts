/**
 * The JSON column: plain JSON, with dates written as {"$date": milliseconds} so that they come back as dates. Dates are
 * looked for in the values rather than by JSON's own callbacks, which take several times as long (docs/decisions.md).
 */
export function toJson(value: unknown): string {
  return JSON.stringify(withoutDates(value))
}

export function fromJson<T>(text: string): T {
  const value = JSON.parse(text)
  return (text.includes('"$date"') ? withDates(value) : value) as T
}

/** The value with its dates replaced; itself, and so each of its parts, where there is none. */
function withoutDates(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return { $date: value.getTime() }
  if ('toJSON' in value && typeof value.toJSON === 'function') return value
  let copy: unknown[] | Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key]
    const plain = withoutDates(member)
    if (plain === member) continue
    copy ??= Array.isArray(value) ? [...value] : { ...value }
    ;(copy as Record<string, unknown>)[key] = plain
  }
  return copy ?? value
}

/** A value that was just parsed, with its dates put back in place. */
function withDates(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const members = value as Record<string, unknown>
  let count = 0
  for (const key in members) {
    count += 1
    const member = members[key]
    if (typeof member !== 'object' || member === null) continue
    const dated = withDates(member)
    if (dated !== member) members[key] = dated
  }
  return count === 1 && typeof members['$date'] === 'number' ? new Date(members['$date']) : value
}
