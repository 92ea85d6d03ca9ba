import { JsonError, parseJson } from '../json.ts'
import { integer, type Value } from '../values.ts'
import { JmespathSyntaxError } from './errors.ts'

export type TokenType =
  | 'dot'
  | 'star'
  | 'rbracket'
  | 'comma'
  | 'colon'
  | 'current'
  | 'lparen'
  | 'rparen'
  | 'lbrace'
  | 'rbrace'
  | 'unquoted_identifier'
  | 'quoted_identifier'
  | 'flatten'
  | 'filter'
  | 'lbracket'
  | 'literal'
  | 'or'
  | 'pipe'
  | 'and'
  | 'expref'
  | 'number'
  | 'lte'
  | 'lt'
  | 'gte'
  | 'gt'
  | 'ne'
  | 'not'
  | 'eq'
  | 'eof'

export interface Token {
  readonly type: TokenType
  readonly value: Value
  /** Offset in code points. */
  readonly start: number
}

const SIMPLE: ReadonlyMap<string, TokenType> = new Map([
  ['.', 'dot'],
  ['*', 'star'],
  [']', 'rbracket'],
  [',', 'comma'],
  [':', 'colon'],
  ['@', 'current'],
  ['(', 'lparen'],
  [')', 'rparen'],
  ['{', 'lbrace'],
  ['}', 'rbrace'],
])

/** Characters that mean one thing alone and another with a second character. */
const PAIRS: ReadonlyMap<string, readonly [second: string, paired: TokenType, alone: TokenType]> = new Map([
  ['|', ['|', 'or', 'pipe']],
  ['&', ['&', 'and', 'expref']],
  ['<', ['=', 'lte', 'lt']],
  ['>', ['=', 'gte', 'gt']],
  ['!', ['=', 'ne', 'not']],
])

/** Cut an expression into tokens; the last is `eof`. */
export function tokenize(expression: string): Token[] {
  if (expression === '') throw new JmespathSyntaxError('Invalid JMESPath expression: cannot be empty.')
  const chars = [...expression]
  const tokens: Token[] = []
  let at = 0

  while (at < chars.length) {
    const start = at
    const char = chars[at]!
    const simple = SIMPLE.get(char)
    const pair = PAIRS.get(char)
    if (simple) {
      at += 1
      push(simple, char, start)
    } else if (/[A-Za-z_]/.test(char)) {
      push('unquoted_identifier', run(/[A-Za-z0-9_]/), start)
    } else if (/[ \t\n\r]/.test(char)) {
      at += 1
    } else if (char === '[') {
      const type = chars[at + 1] === ']' ? 'flatten' : chars[at + 1] === '?' ? 'filter' : 'lbracket'
      at += type === 'lbracket' ? 1 : 2
      push(type, chars.slice(start, at).join(''), start)
    } else if (char === "'") {
      push('literal', until("'").replaceAll("\\'", "'"), start)
    } else if (char === '`') {
      push('literal', literal(), start)
    } else if (char === '"') {
      push('quoted_identifier', quotedIdentifier(), start)
    } else if (pair) {
      const [second, paired, alone] = pair
      at += chars[at + 1] === second ? 2 : 1
      push(at - start === 2 ? paired : alone, chars.slice(start, at).join(''), start)
    } else if (/[0-9]/.test(char)) {
      push('number', integer(run(/[0-9]/)), start)
    } else if (char === '-') {
      at += 1
      const digits = run(/[0-9]/)
      if (digits === '') throw badToken(start, "Unknown token '-'")
      push('number', integer(`-${digits}`), start)
    } else if (char === '=') {
      if (chars[at + 1] !== '=') throw badToken(start, "Unknown token '='")
      at += 2
      push('eq', '==', start)
    } else {
      throw badToken(start, `Unknown token ${char}`)
    }
  }
  push('eof', '', chars.length)
  return tokens

  function push(type: TokenType, value: Value, start: number): void {
    tokens.push({ type, value, start })
  }

  function run(wanted: RegExp): string {
    const start = at
    while (at < chars.length && wanted.test(chars[at]!)) at += 1
    return chars.slice(start, at).join('')
  }

  /** The text up to the delimiter, which a backslash may escape; backslashes are kept. */
  function until(delimiter: string): string {
    const start = at
    let text = ''
    at += 1
    while (chars[at] !== delimiter) {
      if (chars[at] === '\\') {
        text += '\\'
        at += 1
      }
      if (at >= chars.length) throw badToken(start, `Unclosed ${delimiter} delimiter`)
      text += chars[at]
      at += 1
    }
    at += 1
    return text
  }

  function literal(): Value {
    const start = at
    const text = until('`').replaceAll('\\`', '`')
    try {
      return parseJson(text)
    } catch {
      // The deprecated form: a literal that is no JSON is a string.
      try {
        return parseJson(`"${text.trimStart()}"`)
      } catch {
        throw badToken(start, `Bad token ${text}`)
      }
    }
  }

  function quotedIdentifier(): Value {
    const start = at
    const text = `"${until('"')}"`
    try {
      return parseJson(text)
    } catch (error) {
      throw badToken(start, error instanceof JsonError ? error.message.split(':')[0]! : String(error))
    }
  }

  function badToken(position: number, message: string): JmespathSyntaxError {
    return new JmespathSyntaxError(`Bad jmespath expression: ${message}:\n${expression}\n${' '.repeat(position)}^`)
  }
}
