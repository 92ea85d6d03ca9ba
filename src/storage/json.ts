/** The JSON column: plain JSON, with dates written as {"$date": milliseconds} so that they come back as dates. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, plain) {
    // JSON.stringify has called toJSON by now; the holder still has the date itself.
    const original = this[key]
    return original instanceof Date ? { $date: original.getTime() } : plain
  })
}

export function fromJson<T>(text: string): T {
  if (!text.includes('"$date"')) return JSON.parse(text) as T
  return JSON.parse(text, (_key, value) =>
    typeof value === 'object' && value !== null && typeof value.$date === 'number' && Object.keys(value).length === 1
      ? new Date(value.$date)
      : value,
  ) as T
}
