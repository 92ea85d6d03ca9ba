import { pythonRepr, pythonString, type Value } from '../values.ts'
import { JmespathSyntaxError } from './errors.ts'
import { type Token, type TokenType, tokenize } from './lexer.ts'

export type Comparator = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte'

export type Node =
  | { readonly type: 'identity' | 'current' }
  | { readonly type: 'literal'; readonly value: Value }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'slice'; readonly start?: number; readonly stop?: number; readonly step?: number }
  | { readonly type: 'chain' | 'pipe'; readonly children: readonly Node[] }
  | { readonly type: 'or' | 'and'; readonly left: Node; readonly right: Node }
  | { readonly type: 'not' | 'expref' | 'flatten'; readonly child: Node }
  | { readonly type: 'projection' | 'value_projection'; readonly left: Node; readonly right: Node }
  | { readonly type: 'filter_projection'; readonly left: Node; readonly right: Node; readonly condition: Node }
  | { readonly type: 'comparator'; readonly operator: Comparator; readonly left: Node; readonly right: Node }
  | { readonly type: 'multi_select_list'; readonly children: readonly Node[] }
  | { readonly type: 'multi_select_hash'; readonly pairs: readonly (readonly [key: string, value: Node])[] }
  | { readonly type: 'function'; readonly name: string; readonly children: readonly Node[] }

const BINDING_POWER: Readonly<Record<TokenType, number>> = {
  eof: 0,
  unquoted_identifier: 0,
  quoted_identifier: 0,
  literal: 0,
  rbracket: 0,
  rparen: 0,
  comma: 0,
  rbrace: 0,
  number: 0,
  current: 0,
  expref: 0,
  colon: 0,
  pipe: 1,
  or: 2,
  and: 3,
  eq: 5,
  gt: 5,
  lt: 5,
  gte: 5,
  lte: 5,
  ne: 5,
  flatten: 9,
  // Everything above stops a projection.
  star: 20,
  filter: 21,
  dot: 40,
  not: 45,
  lbrace: 50,
  lbracket: 55,
  lparen: 60,
}
const PROJECTION_STOP = 10
const IDENTITY: Node = { type: 'identity' }
// Far beyond any written query and far below the stack's end.
const MAX_DEPTH = 500

/** Parse a JMESPath expression (top-down operator precedence). Errors read as the Python library's. */
export function parse(expression: string): Node {
  const tokens = tokenize(expression)
  let index = 0
  let depth = 0
  const parsed = parseExpression(0)
  const left = token()
  if (left.type !== 'eof') throw fault(left, `Unexpected token: ${pythonString(left.value)}`)
  return parsed

  function token(offset = 0): Token {
    return tokens[Math.min(index + offset, tokens.length - 1)]!
  }

  function parseExpression(power: number): Node {
    depth += 1
    if (depth > MAX_DEPTH) throw new JmespathSyntaxError('Invalid jmespath expression: too deeply nested')
    const first = token()
    index += 1
    let left = parsePrefix(first)
    while (power < BINDING_POWER[token().type]) left = parseInfix(left)
    depth -= 1
    return left
  }

  function parsePrefix(first: Token): Node {
    switch (first.type) {
      case 'literal':
        return { type: 'literal', value: first.value }
      case 'unquoted_identifier':
        return { type: 'field', name: first.value as string }
      case 'quoted_identifier':
        if (token().type === 'lparen') {
          throw fault({ ...token(), start: 0 }, 'Quoted identifier not allowed for function names.')
        }
        return { type: 'field', name: first.value as string }
      case 'star': {
        const right = token().type === 'rbracket' ? IDENTITY : parseProjection(BINDING_POWER.star)
        return { type: 'value_projection', left: IDENTITY, right }
      }
      case 'filter':
        return parseFilter(IDENTITY)
      case 'lbrace':
        return parseMultiSelectHash()
      case 'lparen': {
        const inner = parseExpression(0)
        match('rparen')
        return inner
      }
      case 'flatten':
        return parseFlatten(IDENTITY)
      case 'not':
        return { type: 'not', child: parseExpression(BINDING_POWER.not) }
      case 'lbracket':
        if (token().type === 'number' || token().type === 'colon') return projectIfSlice(IDENTITY, parseIndex())
        if (token().type === 'star' && token(1).type === 'rbracket') {
          index += 2
          return { type: 'projection', left: IDENTITY, right: parseProjection(BINDING_POWER.star) }
        }
        return parseMultiSelectList()
      case 'current':
        return { type: 'current' }
      case 'expref':
        return { type: 'expref', child: parseExpression(BINDING_POWER.expref) }
      case 'eof':
        throw incomplete()
      default:
        throw fault(first, 'invalid token')
    }
  }

  function parseInfix(left: Node): Node {
    const operator = token()
    index += 1
    switch (operator.type) {
      case 'dot':
        if (token().type === 'star') {
          index += 1
          return { type: 'value_projection', left, right: parseProjection(BINDING_POWER.dot) }
        }
        return { type: 'chain', children: [left, parseAfterDot(BINDING_POWER.dot)] }
      case 'pipe':
        return { type: 'pipe', children: [left, parseExpression(BINDING_POWER.pipe)] }
      case 'or':
      case 'and':
        return { type: operator.type, left, right: parseExpression(BINDING_POWER[operator.type]) }
      case 'eq':
      case 'ne':
      case 'lt':
      case 'lte':
      case 'gt':
      case 'gte': {
        const right = parseExpression(BINDING_POWER[operator.type])
        return { type: 'comparator', operator: operator.type, left, right }
      }
      case 'lparen':
        return parseCall(left)
      case 'filter':
        return parseFilter(left)
      case 'flatten':
        return parseFlatten(left)
      case 'lbracket':
        if (token().type === 'number' || token().type === 'colon') return projectIfSlice(left, parseIndex())
        match('star')
        match('rbracket')
        return { type: 'projection', left, right: parseProjection(BINDING_POWER.star) }
      default:
        throw fault(operator, 'invalid token')
    }
  }

  function parseCall(left: Node): Node {
    if (left.type !== 'field') {
      const name = tokens[index - 2]!
      throw fault(name, `Invalid function name '${pythonString(name.value)}'`)
    }
    const children: Node[] = []
    while (token().type !== 'rparen') {
      children.push(parseExpression(0))
      if (token().type === 'comma') match('comma')
    }
    match('rparen')
    return { type: 'function', name: left.name, children }
  }

  function parseFilter(left: Node): Node {
    const condition = parseExpression(0)
    match('rbracket')
    const right = token().type === 'flatten' ? IDENTITY : parseProjection(BINDING_POWER.filter)
    return { type: 'filter_projection', left, right, condition }
  }

  function parseFlatten(left: Node): Node {
    return { type: 'projection', left: { type: 'flatten', child: left }, right: parseProjection(BINDING_POWER.flatten) }
  }

  function parseIndex(): Node {
    if (token().type === 'colon' || token(1).type === 'colon') return parseSlice()
    const position = Number(token().value)
    index += 1
    match('rbracket')
    return { type: 'index', index: position }
  }

  function parseSlice(): Node {
    const parts: (number | undefined)[] = [undefined, undefined, undefined]
    let part = 0
    while (token().type !== 'rbracket' && part < 3) {
      if (token().type === 'colon') {
        part += 1
        if (part === 3) throw fault(token(), 'syntax error')
      } else if (token().type === 'number') {
        parts[part] = Number(token().value)
      } else {
        throw fault(token(), 'syntax error')
      }
      index += 1
    }
    match('rbracket')
    return { type: 'slice', start: parts[0], stop: parts[1], step: parts[2] }
  }

  function projectIfSlice(left: Node, right: Node): Node {
    const chain: Node = { type: 'chain', children: [left, right] }
    if (right.type !== 'slice') return chain
    return { type: 'projection', left: chain, right: parseProjection(BINDING_POWER.star) }
  }

  function parseMultiSelectList(): Node {
    const children: Node[] = []
    for (;;) {
      children.push(parseExpression(0))
      if (token().type === 'rbracket') break
      match('comma')
    }
    match('rbracket')
    return { type: 'multi_select_list', children }
  }

  function parseMultiSelectHash(): Node {
    const pairs: [string, Node][] = []
    for (;;) {
      const key = token()
      if (key.type !== 'quoted_identifier' && key.type !== 'unquoted_identifier') {
        throw mismatch(pythonRepr(['quoted_identifier', 'unquoted_identifier']))
      }
      index += 1
      match('colon')
      pairs.push([key.value as string, parseExpression(0)])
      if (token().type === 'comma') match('comma')
      else if (token().type === 'rbrace') {
        match('rbrace')
        return { type: 'multi_select_hash', pairs }
      }
    }
  }

  /** What a projection does with each of its elements. */
  function parseProjection(power: number): Node {
    const next = token()
    if (BINDING_POWER[next.type] < PROJECTION_STOP) return IDENTITY
    if (next.type === 'lbracket' || next.type === 'filter') return parseExpression(power)
    if (next.type === 'dot') {
      match('dot')
      return parseAfterDot(power)
    }
    throw fault(next, 'syntax error')
  }

  function parseAfterDot(power: number): Node {
    const next = token()
    switch (next.type) {
      case 'quoted_identifier':
      case 'unquoted_identifier':
      case 'star':
        return parseExpression(power)
      case 'lbracket':
        match('lbracket')
        return parseMultiSelectList()
      case 'lbrace':
        match('lbrace')
        return parseMultiSelectHash()
      default: {
        const allowed = pythonRepr(['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'])
        throw fault(next, `Expecting: ${allowed}, got: ${next.type}`)
      }
    }
  }

  function match(type: TokenType): void {
    if (token().type !== type) throw mismatch(type)
    index += 1
  }

  function mismatch(expected: string): JmespathSyntaxError {
    return token().type === 'eof' ? incomplete() : fault(token(), `Expecting: ${expected}, got: ${token().type}`)
  }

  function fault(at: Token, message: string): JmespathSyntaxError {
    return new JmespathSyntaxError(
      `${message}: Parse error at column ${at.start}, token "${pythonString(at.value)}" (${at.type.toUpperCase()}), ` +
        `for expression:\n"${expression}"\n${' '.repeat(at.start + 1)}^`,
    )
  }

  function incomplete(): JmespathSyntaxError {
    const caret = `${' '.repeat([...expression].length + 1)}^`
    return new JmespathSyntaxError(`Invalid jmespath expression: Incomplete expression:\n"${expression}"\n${caret}`)
  }
}
