/** The values of condition keys and policy variables in one request, by the key's name in lower case. */
export interface RequestKeys extends Iterable<[key: string, values: readonly string[]]> {
  get(key: string): readonly string[] | undefined
  has(key: string): boolean
}

/** Keys that are put together when a policy looks at one of them: most look at none. */
export function keysWhenAsked(make: () => RequestKeys): RequestKeys {
  let made: RequestKeys | undefined
  const keys = () => {
    made ??= make()
    return made
  }
  return {
    get: key => keys().get(key),
    has: key => keys().has(key),
    [Symbol.iterator]: () => keys()[Symbol.iterator](),
  }
}

/**
 * Whether a text has the form of a condition key: a service's, or an identity provider's, which begins with its address
 * (`login.example.com/realms/staff:sub`).
 */
export function isKey(text: string): boolean {
  return /^[\w./~%-]+:[\w+=.:/@~%-]+$/.test(text)
}

const anyText = Symbol('*')
const anyCharacter = Symbol('?')

interface Variable {
  /** Lower case. */
  readonly key: string
  readonly fallback?: string
}

/** One character, a wildcard, or a variable that a request's keys fill in. */
type Part = string | typeof anyText | typeof anyCharacter | Variable
type Token = Exclude<Part, Variable>

/** A text of a policy with its wildcards and variables recognised. */
export interface Pattern {
  readonly text: string
  readonly parts: readonly Part[]
  readonly hasVariables: boolean
}

/** A `${` that begins nothing we know. */
export class PatternError extends Error {}

/**
 * Reads a text of a policy. Wildcards are `*` and `?`; variables are `${key}` and `${key, 'default'}`, and `${*}`, `${?}`
 * and `${$}` stand for the characters themselves (IAM user guide, policy variables). Throws PatternError.
 */
export function parsePattern(text: string, { wildcards = true, variables = true } = {}): Pattern {
  const parts: Part[] = []
  let hasVariables = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (variables && character === '$' && text[i + 1] === '{') {
      const end = text.indexOf('}', i)
      const part = end < 0 ? undefined : variable(text.slice(i + 2, end))
      if (part === undefined) throw new PatternError(`${text} holds a policy variable that is not understood.`)
      parts.push(part)
      hasVariables ||= typeof part === 'object'
      i = end
    } else if (wildcards && character === '*') parts.push(anyText)
    else if (wildcards && character === '?') parts.push(anyCharacter)
    else parts.push(character)
  }
  return { text, parts, hasVariables }
}

function variable(content: string): string | Variable | undefined {
  if (content === '*' || content === '?' || content === '$') return content
  const match = /^\s*([^\s,']+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(content)
  if (!match || !isKey(match[1]!)) return undefined
  const key = match[1]!.toLowerCase()
  return match[2] === undefined ? { key } : { key, fallback: match[2] }
}

/** The pattern with its variables filled in, literally; undefined when one has no value, or more than one. */
function resolve({ parts, hasVariables }: Pattern, keys: RequestKeys): readonly Token[] | undefined {
  if (!hasVariables) return parts as readonly Token[]
  const tokens: Token[] = []
  for (const part of parts) {
    if (typeof part !== 'object') {
      tokens.push(part)
      continue
    }
    const values = keys.get(part.key)
    const value = values?.length === 1 ? values[0] : values === undefined ? part.fallback : undefined
    if (value === undefined) return undefined
    for (let i = 0; i < value.length; i++) tokens.push(value[i]!)
  }
  return tokens
}

/** Whether a text matches; undefined when a variable has no value, so that nothing can be said. */
export function matches(pattern: Pattern, text: string, keys: RequestKeys): boolean | undefined {
  if (pattern.text === '*') return pattern.parts[0] === anyText || text === '*'
  const tokens = resolve(pattern, keys)
  return tokens && matchesTokens(tokens, text)
}

/**
 * Whether an ARN matches as ArnLike compares: each of the six parts by itself, so that a wildcard does not reach over a
 * colon before the last part. Undefined when a variable has no value.
 */
export function matchesArn(pattern: Pattern, text: string, keys: RequestKeys): boolean | undefined {
  const tokens = resolve(pattern, keys)
  if (!tokens) return undefined
  const wanted = arnParts(tokens)
  const given = arnParts([...text])
  if (!wanted || !given) return false
  return wanted.every((part, i) => matchesTokens(part, given[i]!.join('')))
}

function arnParts<T>(tokens: readonly T[]): T[][] | undefined {
  const parts: T[][] = [[]]
  for (const token of tokens) {
    if (token === ':' && parts.length < 6) parts.push([])
    else parts.at(-1)!.push(token)
  }
  return parts.length === 6 ? parts : undefined
}

/** Two indexes and one step back: no regular expression is made of what a user wrote, and nothing grows without bound. */
function matchesTokens(tokens: readonly Token[], text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    if (tokens[p] === anyText) {
      star = p++
      mark = t
    } else if (p < tokens.length && (tokens[p] === anyCharacter || tokens[p] === text[t])) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else {
      return false
    }
  }
  while (tokens[p] === anyText) p++
  return p === tokens.length
}
