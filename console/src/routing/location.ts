/** Where in the console one is: a path and its parameters, as the part of the address after `#`. Every state has one. */
export interface Location {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
}

export function parseLocation(hash: string): Location {
  const text = hash.replace(/^#/, '')
  const mark = text.indexOf('?')
  const path = mark < 0 ? text : text.slice(0, mark)
  const query = mark < 0 ? {} : Object.fromEntries(new URLSearchParams(text.slice(mark + 1)))
  return { path: path.startsWith('/') ? path : `/${path}`, query }
}

export function formatLocation({ path, query }: Location): string {
  const entries = Object.entries(query).filter(([, value]) => value !== '')
  return `#${path}${entries.length > 0 ? `?${new URLSearchParams(entries)}` : ''}`
}

/** An address within the console, e.g. `to('/records', id)`; ids are escaped, whatever they hold. */
export function to(path: string, ...ids: readonly string[]): string {
  return `#${[path, ...ids.map(id => encodeURIComponent(id.toWellFormed()))].join('/')}`
}

/** The parameters of a path that fits a pattern like `/products/:id`, or undefined. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  if (wanted.length !== given.length) return undefined
  const found: Record<string, string> = {}
  for (const [at, part] of wanted.entries()) {
    if (!part.startsWith(':')) {
      if (part !== given[at]) return undefined
      continue
    }
    try {
      found[part.slice(1)] = decodeURIComponent(given[at]!)
    } catch {
      return undefined
    }
  }
  return found
}
