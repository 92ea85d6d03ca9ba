import { printJson } from '../json.ts'
import {
  compareStrings,
  Float,
  isInteger,
  parseFloatNumber,
  parseInteger,
  pythonRepr,
  pythonString,
  pythonType,
  type Value,
} from '../values.ts'
import { JmespathRuntimeError } from './errors.ts'

/** An expression handed to a function (`&expr`), bound to the interpreter. */
export class Expression {
  readonly evaluate: (value: Value) => Result
  constructor(evaluate: (value: Value) => Result) {
    this.evaluate = evaluate
  }
}

export type Result = Value | Expression

type JmespathType = 'array' | 'boolean' | 'expref' | 'null' | 'number' | 'object' | 'string'
type ArgumentType = JmespathType | 'array-number' | 'array-string'

interface FunctionRow {
  /** Allowed types per argument; none means any. */
  readonly signature: readonly (readonly ArgumentType[])[]
  readonly variadic?: boolean
  readonly call: (...args: never[]) => Result
}

export function typeOf(value: Result): JmespathType {
  if (value === null) return 'null'
  if (value instanceof Expression) return 'expref'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'boolean'
  if (Array.isArray(value)) return 'array'
  return value instanceof Map ? 'object' : 'number'
}

type NumberValue = number | bigint | Float

/** -1, 0, 1 for two numbers or two strings; anything else is Python's TypeError. */
export function compare(left: Value, right: Value, sign = '<'): number {
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right)
  if (isNumber(left) && isNumber(right)) {
    const [a, b] = [left instanceof Float ? left.value : left, right instanceof Float ? right.value : right]
    return a < b ? -1 : a > b ? 1 : 0
  }
  const [a, b] = [left, right].map(value => /'(?:.*\.)?(.*)'/.exec(pythonType(value))![1])
  throw new JmespathRuntimeError('invalid-type', `'${sign}' not supported between instances of '${a}' and '${b}'`)
}

export function isNumber(value: Result): value is NumberValue {
  return value instanceof Float || (!(value instanceof Expression) && isInteger(value))
}

/** Python's `==`: true equals 1, 1 equals 1.0, containers are compared by content. */
export function equals(left: Result, right: Result): boolean {
  if (left instanceof Expression || right instanceof Expression) return left === right
  const a = numeric(left)
  const b = numeric(right)
  // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1 must hold, and both sides are numbers
  if (a !== undefined && b !== undefined) return a == b
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, i) => equals(item, right[i]!))
  }
  if (left instanceof Map && right instanceof Map) {
    return left.size === right.size && [...left].every(([k, item]) => right.has(k) && equals(item, right.get(k)!))
  }
  return left === right
}

function numeric(value: Value): number | bigint | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value instanceof Float ? value.value : isInteger(value) ? value : undefined
}

function plain(value: NumberValue): number {
  return value instanceof Float ? value.value : Number(value)
}

function sum(numbers: readonly NumberValue[]): NumberValue {
  if (numbers.some(number => number instanceof Float))
    return new Float(numbers.reduce((t: number, n) => t + plain(n), 0))
  return narrow((numbers as (number | bigint)[]).reduce((total: bigint, number) => total + BigInt(number), 0n))
}

function narrow(whole: bigint): number | bigint {
  const number = Number(whole)
  return Number.isSafeInteger(number) ? number : whole
}

function rounded(number: NumberValue, round: (value: number) => number): number | bigint {
  if (!(number instanceof Float)) return number
  if (!Number.isFinite(number.value)) {
    const what = Number.isNaN(number.value) ? 'float NaN' : 'float infinity'
    throw new JmespathRuntimeError('invalid-value', `cannot convert ${what} to integer`)
  }
  const whole = round(number.value)
  return Number.isSafeInteger(whole) ? whole + 0 : BigInt(whole)
}

/** The first of the smallest (sign 1) or largest (sign -1) elements by a key. */
function extreme(list: readonly Value[], sign: 1 | -1, key: (item: Value) => Value): Value {
  let best: Value = null
  let bestKey: Value = null
  list.forEach((item, index) => {
    const itemKey = key(item)
    if (index === 0 || compare(itemKey, bestKey) * sign < 0) {
      best = item
      bestKey = itemKey
    }
  })
  return best
}

function keyOf(expression: Expression, allowed: readonly JmespathType[], name: string): (item: Value) => Value {
  return item => {
    const key = expression.evaluate(item)
    const type = typeOf(key)
    if (!allowed.includes(type)) throw typeFault(name, key, type, allowed)
    return key as Value
  }
}

function sortBy(list: readonly Value[], expression: Expression): Value[] {
  if (list.length === 0) return []
  const required = typeOf(expression.evaluate(list[0]!))
  if (required !== 'number' && required !== 'string') {
    throw typeFault('sort_by', list[0]!, required, ['string', 'number'])
  }
  const key = keyOf(expression, [required], 'sort_by')
  return list
    .map(item => ({ item, key: key(item) }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ item }) => item)
}

function contains(subject: string | Value[], search: Value): boolean {
  if (typeof subject !== 'string') return subject.some(item => equals(item, search))
  if (typeof search === 'string') return subject.includes(search)
  const type = /'(?:.*\.)?(.*)'/.exec(pythonType(search))![1]
  throw new JmespathRuntimeError('invalid-type', `'in <string>' requires string as left operand, not ${type}`)
}

function toNumber(value: Result): Value {
  if (isNumber(value)) return value
  if (typeof value !== 'string') return null
  const whole = parseInteger(value)
  if (whole !== undefined) return whole
  const number = parseFloatNumber(value)
  return number === undefined ? null : new Float(number)
}

function toText(value: Result): string {
  if (typeof value === 'string') return value
  if (value instanceof Expression) return '"<expression>"'
  return printJson(value, { ascii: true, itemSeparator: ',', keySeparator: ':' })
}

const ANY: readonly ArgumentType[] = []

/** The functions of the JMESPath specification, and no others. Source: jmespath.org, "Built-in Functions". */
const FUNCTIONS: ReadonlyMap<string, FunctionRow> = new Map<string, FunctionRow>([
  ['abs', { signature: [['number']], call: absolute }],
  ['avg', { signature: [['array-number']], call: (list: NumberValue[]) => average(list) }],
  ['ceil', { signature: [['number']], call: (number: NumberValue) => rounded(number, Math.ceil) }],
  ['contains', { signature: [['array', 'string'], ANY], call: contains }],
  ['ends_with', { signature: [['string'], ['string']], call: (text: string, end: string) => text.endsWith(end) }],
  ['floor', { signature: [['number']], call: (number: NumberValue) => rounded(number, Math.floor) }],
  ['join', { signature: [['string'], ['array-string']], call: (glue: string, list: string[]) => list.join(glue) }],
  ['keys', { signature: [['object']], call: (map: Map<string, Value>) => [...map.keys()] }],
  ['length', { signature: [['string', 'array', 'object']], call: length }],
  [
    'map',
    {
      signature: [['expref'], ['array']],
      call: (expression: Expression, list: Value[]) => list.map(item => expression.evaluate(item) as Value),
    },
  ],
  ['max', { signature: [['array-number', 'array-string']], call: (list: Value[]) => extreme(list, -1, item => item) }],
  [
    'max_by',
    {
      signature: [['array'], ['expref']],
      call: (list: Value[], by: Expression) => extreme(list, -1, keyOf(by, ['number', 'string'], 'max_by')),
    },
  ],
  [
    'merge',
    {
      signature: [['object']],
      variadic: true,
      call: (...maps: Map<string, Value>[]) => new Map(maps.flatMap(m => [...m])),
    },
  ],
  ['min', { signature: [['array-number', 'array-string']], call: (list: Value[]) => extreme(list, 1, item => item) }],
  [
    'min_by',
    {
      signature: [['array'], ['expref']],
      call: (list: Value[], by: Expression) => extreme(list, 1, keyOf(by, ['number', 'string'], 'min_by')),
    },
  ],
  [
    'not_null',
    { signature: [ANY], variadic: true, call: (...args: Result[]) => args.find(arg => arg !== null) ?? null },
  ],
  [
    'reverse',
    {
      signature: [['array', 'string']],
      call: (subject: string | Value[]) =>
        typeof subject === 'string' ? [...subject].reverse().join('') : [...subject].reverse(),
    },
  ],
  [
    'sort',
    { signature: [['array-string', 'array-number']], call: (list: Value[]) => list.toSorted((a, b) => compare(a, b)) },
  ],
  ['sort_by', { signature: [['array'], ['expref']], call: sortBy }],
  [
    'starts_with',
    { signature: [['string'], ['string']], call: (text: string, start: string) => text.startsWith(start) },
  ],
  ['sum', { signature: [['array-number']], call: sum }],
  ['to_array', { signature: [ANY], call: (value: Result) => (Array.isArray(value) ? value : [value as Value]) }],
  ['to_number', { signature: [ANY], call: toNumber }],
  ['to_string', { signature: [ANY], call: toText }],
  ['type', { signature: [ANY], call: (value: Result) => (value instanceof Expression ? null : typeOf(value)) }],
  ['values', { signature: [['object']], call: (map: Map<string, Value>) => [...map.values()] }],
])

function absolute(number: NumberValue): NumberValue {
  if (number instanceof Float) return new Float(Math.abs(number.value))
  return typeof number === 'bigint' ? (number < 0n ? -number : number) : Math.abs(number)
}

function average(list: readonly NumberValue[]): Value {
  return list.length === 0 ? null : new Float(plain(sum(list)) / list.length)
}

function length(subject: string | Value[] | Map<string, Value>): number {
  return subject instanceof Map ? subject.size : typeof subject === 'string' ? [...subject].length : subject.length
}

/** Call a function by name. Throws a JmespathRuntimeError in the Python library's words. */
export function callFunction(name: string, args: readonly Result[]): Result {
  const row = FUNCTIONS.get(name)
  if (!row) throw new JmespathRuntimeError('unknown-function', `Unknown function: ${name}()`)
  const expected = row.signature.length
  if (row.variadic ? args.length < expected : args.length !== expected) {
    const least = row.variadic ? 'at least ' : ''
    throw new JmespathRuntimeError(
      'invalid-arity',
      `Expected ${least}${expected} argument${expected === 1 ? '' : 's'} for function ${name}(), received ${args.length}`,
    )
  }
  row.signature.forEach((allowed, i) => {
    checkArgument(name, args[i]!, allowed)
  })
  return (row.call as unknown as (...args: readonly Result[]) => Result)(...args)
}

function checkArgument(name: string, value: Result, allowed: readonly ArgumentType[]): void {
  if (allowed.length === 0) return
  const type = typeOf(value)
  if (!allowed.some(candidate => candidate.split('-')[0] === type)) throw typeFault(name, value, type, allowed)
  const elementTypes = allowed.filter(candidate => candidate.includes('-')).map(candidate => candidate.split('-')[1]!)
  if (!Array.isArray(value) || elementTypes.length === 0 || value.length === 0) return
  const first = typeOf(value[0]!)
  const required = elementTypes.length === 1 ? elementTypes[0] : elementTypes.find(candidate => candidate === first)
  const wrong = value.find(item => typeOf(item) !== required)
  if (wrong !== undefined) {
    // Elements are named by their Python type here, e.g. int, where whole arguments have their JMESPath type.
    throw typeFault(name, wrong, /'(?:.*\.)?(.*)'/.exec(pythonType(wrong))![1]!, allowed)
  }
}

function typeFault(name: string, value: Result, type: string, allowed: readonly string[]): JmespathRuntimeError {
  const shown = value instanceof Expression ? '<jmespath.visitor._Expression object>' : pythonString(value)
  return new JmespathRuntimeError(
    'invalid-type',
    `In function ${name}(), invalid type for value: ${shown}, expected one of: ${pythonRepr([...allowed])}, ` +
      `received: "${type}"`,
  )
}
