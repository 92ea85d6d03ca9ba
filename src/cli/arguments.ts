import { UsageError } from './errors.ts'
import { parseFloatNumber, parseInteger, stringRepr } from './values.ts'

/**
 * A parser of options and positional words with the rules and the texts of Python's argparse, which the AWS CLI uses
 * three times in a row: for the global options and the service, for the operation, and for the operation's options.
 * Source: the documentation of argparse, "parse_known_args" and "Argument abbreviations"; AWS CLI 2.36.7's messages.
 */
export interface OptionSpec {
  /** With its dashes, e.g. `--page-size`. */
  readonly flag: string
  /** Where its value goes; two flags may share one. */
  readonly dest: string
  /** `flag`: takes no word and stores `constant`. `one`, `optional`, `many`: takes one, up to one, any number. */
  readonly takes: 'flag' | 'one' | 'optional' | 'many'
  /** What a flag, or an optional value that is left out, stores. */
  readonly constant?: boolean | string
  readonly required?: boolean
  readonly choices?: readonly string[]
  readonly type?: 'int' | 'float'
  /** Runs as soon as the option is met, before the rest of the line is looked at. */
  readonly onMeet?: () => void
}

export interface PositionalSpec {
  readonly name: string
  readonly required: boolean
  readonly choices?: readonly string[]
}

export interface ParsedArguments {
  /** By dest; what was not given is absent. */
  readonly values: ReadonlyMap<string, ArgumentValue>
  /** The words no option and no positional took, in argparse's order. */
  readonly rest: readonly string[]
}

export type ArgumentValue = string | boolean | number | bigint | readonly string[]

interface MetOption {
  /** Undefined for a word that looks like an option and is none of ours. */
  readonly option: OptionSpec | undefined
  readonly explicit: string | undefined
}

/** Parse `words`. Throws a UsageError with argparse's text; unknown words are not an error here, but `rest`. */
export function parseKnownArguments(
  words: readonly string[],
  options: readonly OptionSpec[],
  positionals: readonly PositionalSpec[],
): ParsedArguments {
  const byFlag = new Map(options.map(option => [option.flag, option]))
  const met = new Map<number, MetOption>()
  const kinds = classify()
  const values = new Map<string, ArgumentValue>()
  const seen = new Set<OptionSpec | PositionalSpec>()
  const waiting = [...positionals]
  const rest: string[] = []

  let at = 0
  const lastOption = Math.max(-1, ...met.keys())
  while (at <= lastOption) {
    let next = at
    while (!met.has(next)) next += 1
    if (at !== next) {
      const end = takePositionals(at)
      if (end > at) {
        at = end
        continue
      }
    }
    if (!met.has(at)) {
      rest.push(...words.slice(at, next))
      at = next
    }
    at = takeOption(at)
  }
  const end = takePositionals(at)
  rest.push(...words.slice(end))
  refuseMissing()
  return { values, rest }

  /** One letter a word: O looks like an option, A is an argument, - is the double dash. */
  function classify(): string {
    let text = ''
    let onlyArguments = false
    words.forEach((word, index) => {
      if (onlyArguments) text += 'A'
      else if (word === '--') {
        text += '-'
        onlyArguments = true
      } else {
        const option = recognise(word)
        if (option) met.set(index, option)
        text += option ? 'O' : 'A'
      }
    })
    return text
  }

  function recognise(word: string): MetOption | undefined {
    if (!word.startsWith('-') || word.length === 1) return undefined
    const exact = byFlag.get(word)
    if (exact) return { option: exact, explicit: undefined }
    const equals = word.indexOf('=')
    const name = equals < 0 ? word : word.slice(0, equals)
    const explicit = equals < 0 ? undefined : word.slice(equals + 1)
    const named = equals < 0 ? undefined : byFlag.get(name)
    if (named) return { option: named, explicit }
    if (word.startsWith('--')) {
      const matches = options.filter(option => option.flag.startsWith(name))
      if (matches.length > 1) {
        const flags = [...new Set(matches.map(option => option.flag))]
        if (flags.length > 1) throw new UsageError(`ambiguous option: ${word} could match ${flags.join(', ')}`)
      }
      if (matches.length > 0) return { option: matches[0], explicit }
    }
    if (/^-\d+$|^-\d*\.\d+$/.test(word) || word.includes(' ')) return undefined
    return { option: undefined, explicit: undefined }
  }

  function takeOption(index: number): number {
    const { option, explicit } = met.get(index)!
    if (!option) {
      rest.push(words[index]!)
      return index + 1
    }
    const available = explicit === undefined ? countArguments(index + 1) : 1
    if (explicit !== undefined && option.takes === 'flag') {
      throw new UsageError(`argument ${option.flag}: ignored explicit argument ${stringRepr(explicit)}`)
    }
    if (option.takes === 'one' && available === 0) {
      throw new UsageError(`argument ${option.flag}: expected one argument`)
    }
    const count = option.takes === 'flag' ? 0 : option.takes === 'many' ? available : Math.min(1, available)
    const taken = explicit === undefined ? words.slice(index + 1, index + 1 + count) : [explicit]
    store(option, taken)
    return explicit === undefined ? index + 1 + count : index + 1
  }

  function countArguments(from: number): number {
    let to = from
    while (kinds[to] === 'A') to += 1
    return to - from
  }

  function store(option: OptionSpec, taken: readonly string[]): void {
    seen.add(option)
    option.onMeet?.()
    const converted = taken.map(word => convert(option, word))
    for (const word of taken) checkChoice(option.flag, option.choices, word)
    if (option.takes === 'flag') values.set(option.dest, option.constant!)
    else if (option.takes === 'many') values.set(option.dest, converted as string[])
    else values.set(option.dest, converted[0] ?? option.constant!)
  }

  /** The positionals that can be satisfied from here, each with the double dash it may swallow. */
  function takePositionals(from: number): number {
    let index = from
    while (waiting.length > 0) {
      const positional = waiting[0]!
      const pattern = positional.required ? /^-*A-*/ : /^-*A?-*/
      const match = pattern.exec(kinds.slice(index))
      if (!match) break
      const taken = words.slice(index, index + match[0].length).filter((_, i) => match[0][i] === 'A')
      waiting.shift()
      seen.add(positional)
      index += match[0].length
      if (taken[0] === undefined) continue
      checkChoice(positional.name, positional.choices, taken[0])
      values.set(positional.name, taken[0])
    }
    return index
  }

  function refuseMissing(): void {
    const missing = [
      ...options.filter(option => option.required && !seen.has(option)).map(option => option.flag),
      ...positionals.filter(positional => positional.required && !seen.has(positional)).map(p => p.name),
    ]
    if (missing.length > 0) throw new UsageError(`the following arguments are required: ${missing.join(', ')}`)
  }
}

function convert(option: OptionSpec, word: string): string | number | bigint {
  if (option.type === undefined) return word
  const converted = option.type === 'int' ? parseInteger(word) : parseFloatNumber(word)
  if (converted === undefined) {
    throw new UsageError(`argument ${option.flag}: invalid ${option.type} value: ${stringRepr(word)}`)
  }
  return converted
}

function checkChoice(name: string, choices: readonly string[] | undefined, word: string): void {
  if (choices === undefined || choices.includes(word)) return
  const near = closeMatches(word, choices)
  const hint = near.length === 0 ? '' : `\nMaybe you meant:\n\n${near.map(choice => `  * ${choice}`).join('\n')}`
  throw new UsageError(`argument ${name}: Found invalid choice '${word}'\n${hint}`)
}

/**
 * Python's difflib.get_close_matches with n=3, best first: candidates whose similarity ratio reaches the cut-off.
 */
export function closeMatches(word: string, candidates: readonly string[], cutoff = 0.8): string[] {
  return candidates
    .map(candidate => ({ candidate, ratio: similarity(candidate, word) }))
    .filter(({ ratio }) => ratio >= cutoff)
    .sort((a, b) => b.ratio - a.ratio || (a.candidate < b.candidate ? 1 : -1))
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

/** difflib's SequenceMatcher.ratio (Ratcliff and Obershelp): twice the matching characters over all characters. */
function similarity(a: string, b: string): number {
  const length = a.length + b.length
  return length === 0 ? 1 : (2 * matching(a, 0, a.length, b, 0, b.length)) / length
}

function matching(a: string, aFrom: number, aTo: number, b: string, bFrom: number, bTo: number): number {
  let bestSize = 0
  let bestA = aFrom
  let bestB = bFrom
  let previous = new Map<number, number>()
  for (let i = aFrom; i < aTo; i++) {
    const current = new Map<number, number>()
    for (let j = bFrom; j < bTo; j++) {
      if (a[i] !== b[j]) continue
      const size = (previous.get(j - 1) ?? 0) + 1
      current.set(j, size)
      if (size > bestSize) {
        bestSize = size
        bestA = i - size + 1
        bestB = j - size + 1
      }
    }
    previous = current
  }
  if (bestSize === 0) return 0
  return (
    bestSize + matching(a, aFrom, bestA, b, bFrom, bestB) + matching(a, bestA + bestSize, aTo, b, bestB + bestSize, bTo)
  )
}
