import { contains, parseAddressBlock } from './addresses.ts'
import { isKey, matches, matchesArn, PatternError, parsePattern, type RequestKeys } from './pattern.ts'

/** One line of a Condition element: an operator, the key it looks at and what the key's value is compared with. */
export interface Condition {
  /** As written, for messages. */
  readonly operator: string
  /** Lower case. */
  readonly key: string
  /** As written: what the key's value is compared with. */
  readonly values: readonly string[]
  readonly holds: (keys: RequestKeys) => boolean
}

/** Compares one value of the request with one value of the policy. */
type Comparison = (given: string, keys: RequestKeys) => boolean

interface Operator {
  /** Reads a value of the policy; undefined when the operator cannot take it. */
  readonly comparison: (value: string, variables: boolean) => Comparison | undefined
  /** Holds where the comparison does not: StringNotEquals and the like. */
  readonly negated?: boolean
}

/** An operator, a key or a value that a policy may not have; the message says which. */
export class ConditionError extends Error {}

const text =
  (wildcards: boolean, fold = false): Operator['comparison'] =>
  (value, variables) => {
    const pattern = parsePattern(fold ? foldLiterals(value) : value, { wildcards, variables })
    if (!fold) return (given, keys) => matches(pattern, given, keys) === true
    const folded = (keys: RequestKeys) =>
      pattern.hasVariables ? new Map([...keys].map(([key, values]) => [key, values.map(lower)])) : keys
    return (given, keys) => matches(pattern, lower(given), folded(keys)) === true
  }

const lower = (value: string) => value.toLowerCase()
/** Lower case but for what stands in `${...}`: keys are read without regard to case anyway, defaults are folded too. */
const foldLiterals = lower

const number =
  (test: (given: number, wanted: number) => boolean): Operator['comparison'] =>
  value => {
    const wanted = readNumber(value)
    if (wanted === undefined) return undefined
    return given => {
      const read = readNumber(given)
      return read !== undefined && test(read, wanted)
    }
  }

function readNumber(value: string): number | undefined {
  return /^[-+]?(\d+(\.\d*)?|\.\d+)$/.test(value) ? Number(value) : undefined
}

const date =
  (test: (given: number, wanted: number) => boolean): Operator['comparison'] =>
  value => {
    const wanted = readDate(value)
    if (wanted === undefined) return undefined
    return given => {
      const read = readDate(given)
      return read !== undefined && test(read, wanted)
    }
  }

/** Milliseconds since 1970, of an ISO 8601 date (W3C form) or of seconds since 1970. */
function readDate(value: string): number | undefined {
  if (/^\d{1,12}$/.test(value)) return value.length === 4 ? Date.parse(value) : Number(value) * 1000
  if (!/^\d{4}-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[-+]\d\d:\d\d)?)?)?$/.test(value)) return undefined
  // Without a zone it is UTC: the server's own zone must not change what a policy says.
  const read = Date.parse(value.includes('T') && !/(Z|[-+]\d\d:\d\d)$/.test(value) ? `${value}Z` : value)
  return Number.isNaN(read) ? undefined : read
}

const boolean: Operator['comparison'] = value =>
  /^(true|false)$/i.test(value) ? given => lower(given) === lower(value) : undefined

const address: Operator['comparison'] = value => {
  const block = parseAddressBlock(value)
  return block && (given => contains(block, given))
}

const arn: Operator['comparison'] = (value, variables) => {
  if (value.split(':').length < 6 || !/^(arn|\*|\$\{)/.test(value)) return undefined
  const pattern = parsePattern(value, { variables })
  return (given, keys) => matchesArn(pattern, given, keys) === true
}

/** Both sides are base64, which has more than one spelling for the same bytes. */
const binary: Operator['comparison'] = value => {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.replaceAll('=', '').length % 4 === 1) return undefined
  const wanted = Buffer.from(value, 'base64')
  return given => Buffer.from(given, 'base64').equals(wanted)
}

const equals = (a: number, b: number) => a === b
const less = (a: number, b: number) => a < b
const lessOrEquals = (a: number, b: number) => a <= b
const greater = (a: number, b: number) => a > b
const greaterOrEquals = (a: number, b: number) => a >= b

/** IAM's condition operators (JSON policy elements: condition operators); Null is apart, it looks at no value. */
const operators: Readonly<Record<string, Operator>> = Object.assign(Object.create(null), {
  StringEquals: { comparison: text(false) },
  StringNotEquals: { comparison: text(false), negated: true },
  StringEqualsIgnoreCase: { comparison: text(false, true) },
  StringNotEqualsIgnoreCase: { comparison: text(false, true), negated: true },
  StringLike: { comparison: text(true) },
  StringNotLike: { comparison: text(true), negated: true },
  NumericEquals: { comparison: number(equals) },
  NumericNotEquals: { comparison: number(equals), negated: true },
  NumericLessThan: { comparison: number(less) },
  NumericLessThanEquals: { comparison: number(lessOrEquals) },
  NumericGreaterThan: { comparison: number(greater) },
  NumericGreaterThanEquals: { comparison: number(greaterOrEquals) },
  DateEquals: { comparison: date(equals) },
  DateNotEquals: { comparison: date(equals), negated: true },
  DateLessThan: { comparison: date(less) },
  DateLessThanEquals: { comparison: date(lessOrEquals) },
  DateGreaterThan: { comparison: date(greater) },
  DateGreaterThanEquals: { comparison: date(greaterOrEquals) },
  Bool: { comparison: boolean },
  BinaryEquals: { comparison: binary },
  IpAddress: { comparison: address },
  NotIpAddress: { comparison: address, negated: true },
  ArnEquals: { comparison: arn },
  ArnLike: { comparison: arn },
  ArnNotEquals: { comparison: arn, negated: true },
  ArnNotLike: { comparison: arn, negated: true },
} satisfies Record<string, Operator>)

/**
 * Reads one operator with one key and its values. `variables` says whether the policy's version knows policy variables.
 * Throws ConditionError for whatever is not understood: nothing of a policy is ever skipped.
 */
export function parseCondition(written: string, key: string, values: readonly string[], variables: boolean): Condition {
  if (!isKey(key)) {
    throw new ConditionError(`The condition key ${key} is not valid: keys must be prefaced by a vendor, e.g. aws:.`)
  }
  const [, quantifier, base, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written) ?? []
  if (base === 'Null' && !quantifier && !ifExists) return nullCondition(key, values)
  const operator = base === undefined ? undefined : operators[base]
  if (!operator) throw new ConditionError(`Invalid Condition type : ${written}.`)
  const comparisons = values.map(value => {
    const comparison = read(operator, value, variables)
    if (!comparison) throw new ConditionError(`The value ${value} is not valid for the condition operator ${written}.`)
    return comparison
  })
  const name = key.toLowerCase()
  const { negated = false } = operator
  return {
    operator: written,
    key: name,
    values,
    holds: keys => {
      const given = keys.get(name)
      const one = (value: string) => comparisons.some(comparison => comparison(value, keys)) !== negated
      if (given === undefined || given.length === 0) {
        if (ifExists || quantifier === 'ForAllValues') return true
        return quantifier === undefined && negated
      }
      if (quantifier === 'ForAnyValue') return given.some(one)
      if (quantifier === 'ForAllValues') return given.every(one)
      return negated ? given.every(one) : given.some(one)
    },
  }
}

function read(operator: Operator, value: string, variables: boolean): Comparison | undefined {
  try {
    return operator.comparison(value, variables)
  } catch (error) {
    if (error instanceof PatternError) throw new ConditionError(error.message, { cause: error })
    throw error
  }
}

/** `Null: {key: true}` holds when the key is absent, false when it is there. */
function nullCondition(key: string, values: readonly string[]): Condition {
  if (values.length !== 1 || !/^(true|false)$/i.test(values[0]!)) {
    throw new ConditionError('The condition operator Null takes one value, true or false.')
  }
  const absent = lower(values[0]!) === 'true'
  const name = key.toLowerCase()
  return { operator: 'Null', key: name, values, holds: keys => ((keys.get(name)?.length ?? 0) === 0) === absent }
}
