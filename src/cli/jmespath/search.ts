import type { Value } from '../values.ts'
import { JmespathRuntimeError } from './errors.ts'
import { callFunction, compare, Expression, equals, isNumber, type Result } from './functions.ts'
import { type Comparator, type Node, parse } from './parser.ts'

/** A parsed JMESPath expression. */
export interface Query {
  readonly expression: string
  /** Evaluate against a value. Throws a JmespathRuntimeError. */
  search(value: Value): Value
}

/** Parse an expression once, to search many values. Throws a JmespathSyntaxError. */
export function compile(expression: string): Query {
  const node = parse(expression)
  return { expression, search: value => withoutExpressions(evaluate(node, value), expression) }
}

/** A result may not hold an expression (`&a` outside of a function): nothing can print one. */
function withoutExpressions(result: Result, expression: string): Value {
  if (expression.includes('&')) refuseExpressions(result)
  return result as Value
}

function refuseExpressions(result: Result): void {
  if (result instanceof Expression) {
    throw new JmespathRuntimeError('invalid-type', 'Object of type _Expression is not JSON serializable')
  }
  if (Array.isArray(result)) result.forEach(refuseExpressions)
  else if (result instanceof Map) for (const item of result.values()) refuseExpressions(item)
}

function evaluate(node: Node, value: Result): Result {
  switch (node.type) {
    case 'identity':
    case 'current':
      return value
    case 'literal':
      return node.value
    case 'field':
      return value instanceof Map ? (value.get(node.name) ?? null) : null
    case 'index':
      return Array.isArray(value) ? (value.at(node.index) ?? null) : null
    case 'slice':
      return Array.isArray(value) ? slice(value, node.start, node.stop, node.step) : null
    case 'chain':
    case 'pipe':
      return node.children.reduce<Result>((result, child) => evaluate(child, result), value)
    case 'or': {
      const left = evaluate(node.left, value)
      return isFalse(left) ? evaluate(node.right, value) : left
    }
    case 'and': {
      const left = evaluate(node.left, value)
      return isFalse(left) ? left : evaluate(node.right, value)
    }
    case 'not':
      return isFalse(evaluate(node.child, value))
    case 'expref':
      return new Expression(item => evaluate(node.child, item))
    case 'flatten': {
      const base = evaluate(node.child, value)
      return Array.isArray(base) ? base.flat(1) : null
    }
    case 'projection':
      return project(evaluate(node.left, value), node.right)
    case 'value_projection': {
      const base = evaluate(node.left, value)
      return base instanceof Map ? project([...base.values()], node.right) : null
    }
    case 'filter_projection': {
      const base = evaluate(node.left, value)
      if (!Array.isArray(base)) return null
      return project(
        base.filter(item => !isFalse(evaluate(node.condition, item))),
        node.right,
      )
    }
    case 'comparator':
      return compareBy(node.operator, evaluate(node.left, value), evaluate(node.right, value))
    case 'multi_select_list':
      return value === null ? null : node.children.map(child => evaluate(child, value) as Value)
    case 'multi_select_hash':
      return value === null ? null : new Map(node.pairs.map(([key, child]) => [key, evaluate(child, value) as Value]))
    case 'function':
      return callFunction(
        node.name,
        node.children.map(child => evaluate(child, value)),
      )
  }
}

function project(base: Result, right: Node): Result {
  if (!Array.isArray(base)) return null
  return base.map(item => evaluate(right, item) as Value).filter(item => item !== null)
}

function isFalse(value: Result): boolean {
  if (value === null || value === false || value === '') return true
  return Array.isArray(value) ? value.length === 0 : value instanceof Map && value.size === 0
}

function compareBy(operator: Comparator, left: Result, right: Result): boolean | null {
  if (operator === 'eq') return equalsStrictly(left, right)
  if (operator === 'ne') return !equalsStrictly(left, right)
  if (!isOrdered(left) || !isOrdered(right)) return null
  const signs = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const
  // A NaN is neither smaller nor greater nor equal.
  if (isNumber(left) && isNumber(right) && !equals(left, left)) return false
  const order = compare(left as Value, right as Value, signs[operator])
  if (operator === 'lt') return order < 0
  if (operator === 'lte') return order <= 0
  return operator === 'gt' ? order > 0 : order >= 0
}

/** Equality where, unlike Python's, true is not 1 and false is not 0. */
function equalsStrictly(left: Result, right: Result): boolean {
  if (typeof left === 'boolean' ? isNumber(right) : typeof right === 'boolean' && isNumber(left)) return false
  return equals(left, right)
}

function isOrdered(value: Result): boolean {
  return typeof value === 'string' || isNumber(value)
}

/** Python's list[start:stop:step]. */
function slice(list: readonly Value[], start?: number, stop?: number, step = 1): Value[] {
  if (step === 0) throw new JmespathRuntimeError('invalid-value', 'slice step cannot be zero')
  const lowest = step < 0 ? -1 : 0
  const highest = step < 0 ? list.length - 1 : list.length
  const clamp = (bound: number) => Math.max(lowest, Math.min(highest, bound < 0 ? bound + list.length : bound))
  const from = start === undefined ? (step < 0 ? highest : lowest) : clamp(start)
  const to = stop === undefined ? (step < 0 ? lowest : highest) : clamp(stop)
  const out: Value[] = []
  for (let i = from; step < 0 ? i > to : i < to; i += step) out.push(list[i]!)
  return out
}
