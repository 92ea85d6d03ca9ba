/** What a list is sorted by: a title, a count or a time, then something unique. */
export type SortKey = readonly [value: string | number, id: string]

/** A token that this list did not hand out. Each service says that in its own words. */
export class ForeignPageToken extends Error {}

/**
 * One page of a list that was read whole because it is short by quota. The token holds the last item's place, not its
 * number, so that what comes or goes between two pages moves nothing. Throws ForeignPageToken.
 */
export function sortedPage<T>(
  items: readonly T[],
  keyOf: (item: T) => SortKey,
  { size, token, descending = false }: { size: number; token?: string; descending?: boolean },
): { items: readonly T[]; token?: string } {
  const sign = descending ? -1 : 1
  const keyed = items.map(item => ({ item, key: keyOf(item) })).sort((a, b) => sign * compare(a.key, b.key))
  const after = token ? decode(token, keyed[0]?.key) : undefined
  const rest = after ? keyed.filter(({ key }) => sign * compare(key, after) > 0) : keyed
  const page = rest.slice(0, size)
  const last = page.at(-1)
  return {
    items: page.map(({ item }) => item),
    token: last && rest.length > size ? Buffer.from(JSON.stringify(last.key)).toString('base64url') : undefined,
  }
}

function compare(a: SortKey, b: SortKey): number {
  for (const i of [0, 1] as const) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1
  }
  return 0
}

function decode(token: string, like: SortKey | undefined): SortKey {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Array.isArray(key) && key.length === 2 && typeof key[1] === 'string') {
      const [value, id] = key as [unknown, string]
      // A token of a list sorted by something else has another type of value.
      const known = typeof value === 'string' || typeof value === 'number'
      if (known && (!like || typeof value === typeof like[0])) return [value, id]
    }
  } catch {
    // Not ours; answered below like any other token that is not ours.
  }
  throw new ForeignPageToken('The page token is not valid.')
}
