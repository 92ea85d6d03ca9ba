import { matchLinearly } from './pattern-automaton.ts'

/**
 * Matches a parameter's allowedPattern, a regular expression in Java's dialect that somebody else wrote, against a value
 * that a third person sent. JavaScript's RegExp backtracks without a limit and cannot be interrupted (28 characters against
 * `^(a+)+$` take seconds), so the pattern is never given to it. This matcher backtracks too, as back-references need, but
 * counts its steps: where they become many, an automaton goes on that needs none (pattern-automaton.ts), and where that
 * cannot, the matcher gives up when the budget is spent.
 *
 * The whole value has to match, as with Java's Pattern.matches: SSM's own documents have patterns without anchors, such as
 * `([1-9][0-9]{0,4})|(172800)`, that only make sense so.
 */
export interface MatchBudget {
  /** Steps left; shared by all matches of one request. */
  steps: number
}

export type MatchResult =
  | 'match'
  | 'no match'
  /** The pattern is not a Java regular expression, or uses something that is not understood here. */
  | 'not understood'
  /** The budget is spent. */
  | 'gave up'

const maxPatternDepth = 50

export function matchPattern(pattern: string, value: string, budget: MatchBudget): MatchResult {
  let node: Node
  try {
    node = new Parser(pattern).parse()
  } catch (error) {
    if (error instanceof NotUnderstood) return 'not understood'
    throw error
  }
  const input = Array.from(value, character => character.codePointAt(0)!)
  // Most patterns and values take a few hundred steps. Where going back and forth takes many, the automaton may do.
  const first = { steps: Math.min(budget.steps, firstSteps) }
  const quick = backtrack(node, input, first)
  budget.steps -= Math.min(budget.steps, firstSteps) - Math.max(first.steps, 0)
  if (quick !== 'gave up') return quick
  const linear = matchLinearly(node, input, budget)
  if (linear !== undefined) return linear ? 'match' : 'no match'
  return backtrack(node, input, budget)
}

const firstSteps = 20_000

function backtrack(node: Node, input: readonly number[], budget: MatchBudget): 'match' | 'no match' | 'gave up' {
  try {
    return run(node, { input, groups: [], budget }, 0, end => end === input.length) ? 'match' : 'no match'
  } catch (error) {
    // A very long value can use up the stack before the steps: the same answer.
    if (error instanceof BudgetSpent || error instanceof RangeError) return 'gave up'
    throw error
  }
}

class NotUnderstood extends Error {}
class BudgetSpent extends Error {}

type CharacterTest = (codePoint: number) => boolean

export type Node =
  | { readonly kind: 'set'; readonly test: CharacterTest }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | { readonly kind: 'repeat'; readonly item: Node; readonly min: number; readonly max: number; readonly mode: Mode }
  | { readonly kind: 'group'; readonly index: number; readonly item: Node }
  | { readonly kind: 'atomic'; readonly item: Node }
  | { readonly kind: 'look'; readonly item: Node; readonly behind: boolean; readonly negative: boolean }
  | { readonly kind: 'backReference'; readonly index: number }
  | { readonly kind: 'assertion'; readonly holds: (input: readonly number[], at: number) => boolean }

type Mode = 'greedy' | 'lazy' | 'possessive'

interface Match {
  readonly input: readonly number[]
  readonly groups: ([start: number, end: number] | undefined)[]
  readonly budget: MatchBudget
}

type Continue = (at: number) => boolean

function run(node: Node, match: Match, at: number, next: Continue): boolean {
  spend(match)
  const { input } = match
  switch (node.kind) {
    case 'set':
      return at < input.length && node.test(input[at]!) && next(at + 1)
    case 'assertion':
      return node.holds(input, at) && next(at)
    case 'sequence':
      return runSequence(node.items, 0, match, at, next)
    case 'choice':
      return node.items.some(item => run(item, match, at, next))
    case 'group': {
      const before = match.groups[node.index]
      const inside = run(node.item, match, at, end => {
        const outer = match.groups[node.index]
        match.groups[node.index] = [at, end]
        if (next(end)) return true
        match.groups[node.index] = outer
        return false
      })
      if (!inside) match.groups[node.index] = before
      return inside
    }
    case 'atomic': {
      const end = firstEnd(node.item, match, at)
      return end !== undefined && next(end)
    }
    case 'look': {
      const found = node.behind ? endsHere(node.item, match, at) : firstEnd(node.item, match, at) !== undefined
      return found !== node.negative && next(at)
    }
    case 'backReference': {
      const group = match.groups[node.index]
      if (!group) return false
      const length = group[1] - group[0]
      for (let i = 0; i < length; i++) {
        spend(match)
        if (input[at + i] !== input[group[0] + i]) return false
      }
      return next(at + length)
    }
    case 'repeat':
      return node.item.kind === 'set'
        ? repeatSet(node.item.test, node, match, at, next)
        : repeat(node, match, at, 0, next)
  }
}

function spend(match: Match): void {
  if (--match.budget.steps < 0) throw new BudgetSpent()
}

function runSequence(items: readonly Node[], from: number, match: Match, at: number, next: Continue): boolean {
  const item = items[from]
  if (!item) return next(at)
  return run(item, match, at, end => runSequence(items, from + 1, match, end, next))
}

function firstEnd(node: Node, match: Match, at: number): number | undefined {
  let found: number | undefined
  run(node, match, at, end => {
    found = end
    return true
  })
  return found
}

function endsHere(node: Node, match: Match, at: number): boolean {
  for (let start = at; start >= 0; start--) if (run(node, match, start, end => end === at)) return true
  return false
}

interface Repeat {
  readonly item: Node
  readonly min: number
  readonly max: number
  readonly mode: Mode
}

/** Repeats one character without recursion: the usual case, and the one with long values. */
function repeatSet(test: CharacterTest, node: Repeat, match: Match, at: number, next: Continue): boolean {
  const { input } = match
  const fits = (count: number) => count < node.max && at + count < input.length && test(input[at + count]!)
  let count = 0
  if (node.mode === 'lazy') {
    for (;;) {
      spend(match)
      if (count >= node.min && next(at + count)) return true
      if (!fits(count)) return false
      count++
    }
  }
  while (fits(count)) {
    spend(match)
    count++
  }
  if (node.mode === 'possessive') return count >= node.min && next(at + count)
  for (; count >= node.min; count--) {
    spend(match)
    if (next(at + count)) return true
  }
  return false
}

function repeat(node: Repeat, match: Match, at: number, count: number, next: Continue): boolean {
  spend(match)
  if (node.mode === 'possessive') {
    let end = at
    let done = 0
    while (done < node.max) {
      const further = firstEnd(node.item, match, end)
      if (further === undefined || (further === end && done >= node.min)) break
      end = further
      done++
    }
    return done >= node.min && next(end)
  }
  const again = () =>
    count < node.max &&
    // A pass that takes nothing would go on for ever.
    run(node.item, match, at, end => (end !== at || count < node.min) && repeat(node, match, end, count + 1, next))
  if (count < node.min) return again()
  return node.mode === 'lazy' ? next(at) || again() : again() || next(at)
}

interface Flags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
  readonly multiline: boolean
}

class Parser {
  readonly #text: string
  readonly #names = new Map<string, number>()
  #at = 0
  #groups = 0
  #depth = 0
  #flags: Flags = { ignoreCase: false, dotAll: false, multiline: false }

  constructor(text: string) {
    this.#text = text
  }

  parse(): Node {
    const node = this.#choice()
    if (this.#at < this.#text.length) throw new NotUnderstood()
    return node
  }

  #choice(): Node {
    if (++this.#depth > maxPatternDepth) throw new NotUnderstood()
    const flags = this.#flags
    const items = [this.#sequence()]
    while (this.#take('|')) items.push(this.#sequence())
    this.#flags = flags
    this.#depth--
    return items.length === 1 ? items[0]! : { kind: 'choice', items }
  }

  #sequence(): Node {
    const items: Node[] = []
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at]!)) {
      for (const item of this.#atom()) items.push(item)
      if (items.length > 0) items.push(this.#quantified(items.pop()!))
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items }
  }

  #quantified(item: Node): Node {
    const range = this.#matchText(/\*|\+|\?|\{(\d{1,4})(,(\d{1,4})?)?\}/y)
    if (!range) return item
    const [text, low, comma, high] = range
    const min = text === '+' ? 1 : Number(low ?? 0)
    let max = text === '?' ? 1 : Number.POSITIVE_INFINITY
    if (low !== undefined)
      max = comma === undefined ? min : high === undefined ? Number.POSITIVE_INFINITY : Number(high)
    if (max < min) throw new NotUnderstood()
    const mode = this.#take('?') ? 'lazy' : this.#take('+') ? 'possessive' : 'greedy'
    // `a{2}{3}` repeats the repetition.
    return this.#quantified({ kind: 'repeat', item, min, max, mode })
  }

  #atom(): Node[] {
    const character = this.#character()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return [this.#set(this.#class())]
      case '.':
        return [{ kind: 'set', test: this.#flags.dotAll ? () => true : code => !isLineEnd(code) }]
      case '^':
        return [
          assertion(this.#flags.multiline ? (input, at) => at === 0 || isLineEnd(input[at - 1]!) : (_, at) => at === 0),
        ]
      case '$':
        return [assertion(this.#flags.multiline ? (input, at) => at === input.length || isLineEnd(input[at]!) : isEnd)]
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
      case '{':
        throw new NotUnderstood()
      default:
        return [this.#literal(character)]
    }
  }

  #literal(character: string): Node {
    const code = character.codePointAt(0)!
    return this.#set(each => each === code)
  }

  #set(test: CharacterTest): Node {
    if (!this.#flags.ignoreCase) return { kind: 'set', test }
    return { kind: 'set', test: code => test(code) || otherCases(code).some(test) }
  }

  #group(): Node[] {
    const close = (node: Node): Node => {
      if (!this.#take(')')) throw new NotUnderstood()
      return node
    }
    if (!this.#take('?')) {
      const index = ++this.#groups
      return [close({ kind: 'group', index, item: this.#choice() })]
    }
    if (this.#take(':')) return [close(this.#choice())]
    if (this.#take('>')) return [close({ kind: 'atomic', item: this.#choice() })]
    const look = this.#matchText(/<?[=!]/y)
    if (look) {
      const [text] = look
      return [close({ kind: 'look', item: this.#choice(), behind: text.length === 2, negative: text.endsWith('!') })]
    }
    const name = this.#matchText(/<([A-Za-z][A-Za-z0-9]*)>/y)
    if (name) {
      const index = ++this.#groups
      this.#names.set(name[1]!, index)
      return [close({ kind: 'group', index, item: this.#choice() })]
    }
    const flags = this.#matchText(/([ismu]*)(?:-([ismu]*))?([:)])/y)
    if (!flags) throw new NotUnderstood()
    const [, on, off = '', end] = flags
    const before = this.#flags
    this.#flags = {
      ignoreCase: (before.ignoreCase || on!.includes('i')) && !off.includes('i'),
      dotAll: (before.dotAll || on!.includes('s')) && !off.includes('s'),
      multiline: (before.multiline || on!.includes('m')) && !off.includes('m'),
    }
    if (end === ')') return []
    const item = close(this.#choice())
    this.#flags = before
    return [item]
  }

  #escape(): Node[] {
    const quoted = this.#matchText(/Q([\s\S]*?)(?:\\E|$(?![\s\S]))/y)
    if (quoted) return Array.from(quoted[1]!, character => this.#literal(character))
    const number = this.#matchText(/[1-9]/y)
    if (number) return [{ kind: 'backReference', index: Number(number[0]) }]
    const name = this.#matchText(/k<([A-Za-z][A-Za-z0-9]*)>/y)
    if (name) {
      const index = this.#names.get(name[1]!)
      if (index === undefined) throw new NotUnderstood()
      return [{ kind: 'backReference', index }]
    }
    const place = this.#matchText(/[bBAzZ]/y)
    if (place) return [assertion(places[place[0] as keyof typeof places])]
    return [this.#set(this.#classEscape())]
  }

  /** After a backslash: what one character it stands for, inside or outside of brackets. */
  #classEscape(): CharacterTest {
    const property = this.#matchText(/([pP])(?:\{([^}]{1,40})\}|([A-Z]))/y)
    if (property) {
      const test = unicodeProperty(property[2] ?? property[3]!)
      return property[1] === 'P' ? code => !test(code) : test
    }
    const hexadecimal = this.#matchText(/x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|x\{([0-9A-Fa-f]{1,6})\}/y)
    if (hexadecimal) return equals(Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? hexadecimal[3]!, 16))
    const octal = this.#matchText(/0([0-3]?[0-7]{1,2})/y)
    if (octal) return equals(Number.parseInt(octal[1]!, 8))
    const character = this.#character()
    const known = characterEscapes.get(character)
    if (known) return known
    // Letters without a meaning are an error in Java; everything else stands for itself.
    if (/[A-Za-z0-9]/.test(character)) throw new NotUnderstood()
    return equals(character.codePointAt(0)!)
  }

  /** After the opening bracket. Java nests classes and intersects them with &&. */
  #class(): CharacterTest {
    if (++this.#depth > maxPatternDepth) throw new NotUnderstood()
    const negative = this.#take('^')
    const tests: CharacterTest[] = []
    let intersected: CharacterTest | undefined
    const union = (): CharacterTest => {
      const all = [...tests]
      return code => all.some(test => test(code))
    }
    for (let first = true; ; first = false) {
      if (this.#at >= this.#text.length) throw new NotUnderstood()
      if (this.#take(']')) {
        if (!first) break
        // A bracket right after the opening one is itself, as in other dialects; Java refuses it.
        throw new NotUnderstood()
      }
      if (this.#matchText(/&&/y)) {
        const before = intersected
        const left = union()
        intersected = before ? code => before(code) && left(code) : left
        tests.length = 0
        continue
      }
      if (this.#take('[')) {
        tests.push(this.#class())
        continue
      }
      tests.push(this.#classItem())
    }
    this.#depth--
    const last = union()
    const before = intersected
    const test: CharacterTest = before ? code => before(code) && last(code) : last
    return negative ? code => !test(code) : test
  }

  #classItem(): CharacterTest {
    const character = this.#character()
    const low = character === '\\' ? this.#codeEscape() : character.codePointAt(0)!
    if (low === undefined) return this.#classEscape()
    const next = this.#text[this.#at + 1]
    if (this.#text[this.#at] !== '-' || next === ']' || next === '[' || next === undefined) return equals(low)
    const start = this.#at
    this.#at++
    const end = this.#character()
    const high = end === '\\' ? this.#codeEscape() : end.codePointAt(0)!
    if (high === undefined) {
      // `a-\w`: the hyphen is itself.
      this.#at = start
      return equals(low)
    }
    if (high < low) throw new NotUnderstood()
    return code => code >= low && code <= high
  }

  /** After a backslash in brackets: the code of the one character it stands for; undefined (nothing read) for a set. */
  #codeEscape(): number | undefined {
    const found = this.#matchText(/x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|([^A-Za-z0-9])|([tnrfae])/uy)
    if (!found) return undefined
    const [, byte, unit, itself, control] = found
    if (itself !== undefined) return itself.codePointAt(0)
    if (control !== undefined) return controls[control as keyof typeof controls]
    return Number.parseInt(byte ?? unit!, 16)
  }

  #character(): string {
    const code = this.#text.codePointAt(this.#at)
    if (code === undefined) throw new NotUnderstood()
    const character = String.fromCodePoint(code)
    this.#at += character.length
    return character
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #matchText(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at
    const found = expression.exec(this.#text)
    if (found) this.#at = expression.lastIndex
    return found
  }
}

function assertion(holds: (input: readonly number[], at: number) => boolean): Node {
  return { kind: 'assertion', holds }
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029
}

function isEnd(input: readonly number[], at: number): boolean {
  return at === input.length || (at === input.length - 1 && isLineEnd(input[at]!))
}

const isDigit: CharacterTest = code => code >= 48 && code <= 57
const isWord: CharacterTest = code =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
const isSpace: CharacterTest = code => code === 32 || (code >= 9 && code <= 13)
const equals =
  (code: number): CharacterTest =>
  each =>
    each === code

function isBoundary(input: readonly number[], at: number): boolean {
  return (at > 0 && isWord(input[at - 1]!)) !== (at < input.length && isWord(input[at]!))
}

const places = {
  b: isBoundary,
  B: (input: readonly number[], at: number) => !isBoundary(input, at),
  A: (_: readonly number[], at: number) => at === 0,
  z: (input: readonly number[], at: number) => at === input.length,
  Z: isEnd,
} as const

const controls = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 } as const

const characterEscapes: ReadonlyMap<string, CharacterTest> = new Map<string, CharacterTest>([
  ['d', isDigit],
  ['D', code => !isDigit(code)],
  ['w', isWord],
  ['W', code => !isWord(code)],
  ['s', isSpace],
  ['S', code => !isSpace(code)],
  ['h', code => code === 32 || code === 9 || code === 0xa0],
  ['H', code => code !== 32 && code !== 9 && code !== 0xa0],
  ...Object.entries(controls).map(([letter, code]): [string, CharacterTest] => [letter, equals(code)]),
])

/** Java's POSIX classes, US-ASCII only, as its documentation lists them. */
const posixClasses: ReadonlyMap<string, RegExp> = new Map([
  ['Lower', /^[a-z]$/],
  ['Upper', /^[A-Z]$/],
  ['ASCII', /^[\x00-\x7f]$/],
  ['Alpha', /^[A-Za-z]$/],
  ['Digit', /^[0-9]$/],
  ['Alnum', /^[A-Za-z0-9]$/],
  ['Punct', /^[!-/:-@[-`{-~]$/],
  ['Graph', /^[!-~]$/],
  ['Print', /^[ -~]$/],
  ['Blank', /^[ \t]$/],
  ['Cntrl', /^[\x00-\x1f\x7f]$/],
  ['XDigit', /^[0-9A-Fa-f]$/],
  ['Space', /^[ \t\n\x0b\f\r]$/],
])

const generalCategory = /^(?:Is)?(L[ulmto]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfosn]?)$/

function unicodeProperty(name: string): CharacterTest {
  const category = generalCategory.exec(name)?.[1]
  const expression =
    posixClasses.get(name) ?? (category === undefined ? undefined : new RegExp(`^\\p{${category}}$`, 'u'))
  if (!expression) throw new NotUnderstood()
  return code => expression.test(String.fromCodePoint(code))
}

function otherCases(code: number): number[] {
  const character = String.fromCodePoint(code)
  return [character.toLowerCase(), character.toUpperCase()]
    .filter(other => other.length === character.length)
    .map(other => other.codePointAt(0)!)
}
