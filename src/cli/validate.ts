import type { Shape, ShapeRef } from '../model/service-model.ts'
import { ParamError } from './errors.ts'
import { Bytes, Epoch, Float, isInteger, pythonString, pythonType, type Value, type ValueMap } from './values.ts'

type Shapes = Readonly<Record<string, Shape>>

/**
 * What the AWS CLI checks before it sends: required and unknown members, types, and minimums; never maximums, patterns
 * or enums. Throws one ParamError with a line for each fault, in botocore's order and words.
 */
export function validateInput(input: ValueMap, ref: ShapeRef | undefined, shapes: Shapes): void {
  const faults: string[] = []
  if (ref !== undefined) check(input, ref, '')
  else for (const key of input.keys()) faults.push(`Unknown parameter in input: "${key}", must be one of: `)
  if (faults.length > 0) throw new ParamError(`Parameter validation failed:\n${faults.join('\n')}`)

  function check(value: Value, at: ShapeRef, path: string) {
    const shape = shapes[at.shape]!
    switch (shape.type) {
      case 'structure':
        if (!(value instanceof Map)) return wrongType(value, path, ["<class 'dict'>"])
        return checkStructure(value, shape, path)
      case 'list':
        if (!Array.isArray(value)) return wrongType(value, path, ["<class 'list'>", "<class 'tuple'>"])
        checkLength(value.length, shape.min, path)
        value.forEach((item, index) => {
          check(item, shape.member, `${path}[${index}]`)
        })
        return
      case 'map':
        if (!(value instanceof Map)) return wrongType(value, path, ["<class 'dict'>"])
        for (const [key, item] of value) {
          check(key, shape.key, `${path} (key: ${key})`)
          check(item, shape.value, `${path}.${key}`)
        }
        return
      case 'string':
        if (typeof value !== 'string') return wrongType(value, path, ["<class 'str'>"])
        return checkLength([...value].length, shape.min, path)
      case 'integer':
      case 'long':
        if (!isInteger(value) && typeof value !== 'boolean') return wrongType(value, path, ["<class 'int'>"])
        return checkMinimum(Number(value), value, shape.min, path)
      case 'float':
      case 'double': {
        const number = value instanceof Float ? value.value : isInteger(value) ? Number(value) : undefined
        if (number === undefined) {
          return wrongType(value, path, ["<class 'float'>", "<class 'decimal.Decimal'>", "<class 'int'>"])
        }
        return checkMinimum(number, value, shape.min, path)
      }
      case 'boolean':
        if (typeof value !== 'boolean') wrongType(value, path, ["<class 'bool'>"])
        return
      case 'blob':
        if (typeof value !== 'string' && !(value instanceof Bytes)) {
          wrongType(value, path, ["<class 'bytes'>", "<class 'bytearray'>", 'file-like object'])
        }
        return
      case 'timestamp':
        if (!(value instanceof Epoch) && parseTimestampInput(value) === undefined) {
          wrongType(value, path, ["<class 'datetime.datetime'>", 'timestamp-string'])
        }
        return
    }
  }

  function checkStructure(value: ValueMap, shape: Shape & { type: 'structure' }, path: string): void {
    for (const name of shape.required ?? []) {
      if (!value.has(name)) faults.push(`Missing required parameter in ${display(path)}: "${name}"`)
    }
    const members = new Map(Object.entries(shape.members))
    for (const name of value.keys()) {
      if (!members.has(name)) {
        const valid = [...members.keys()].join(', ')
        faults.push(`Unknown parameter in ${display(path)}: "${name}", must be one of: ${valid}`)
      }
    }
    for (const [name, member] of value) {
      const memberRef = members.get(name)
      if (memberRef) check(member, memberRef, `${path}.${name}`)
    }
  }

  function wrongType(value: Value, path: string, valid: readonly string[]): void {
    faults.push(
      `Invalid type for parameter ${display(path)}, value: ${pythonString(value)}, type: ${pythonType(value)}, ` +
        `valid types: ${valid.join(', ')}`,
    )
  }

  function checkLength(length: number, min: number | undefined, path: string): void {
    if (min !== undefined && length < min) {
      faults.push(`Invalid length for parameter ${display(path)}, value: ${length}, valid min length: ${min}`)
    }
  }

  function checkMinimum(number: number, value: Value, min: number | undefined, path: string): void {
    if (min !== undefined && number < min) {
      faults.push(
        `Invalid value for parameter ${display(path)}, value: ${pythonString(value)}, valid min value: ${min}`,
      )
    }
  }
}

function display(path: string): string {
  return path === '' ? 'input' : path.replace(/^\./, '')
}

/** A point in time given as epoch seconds or as an ISO 8601 text (UTC unless it says otherwise); undefined if neither. */
export function parseTimestampInput(value: Value): Date | undefined {
  const seconds = value instanceof Float ? value.value : isInteger(value) ? Number(value) : undefined
  const text = typeof value === 'string' ? value.trim() : undefined
  const date =
    seconds !== undefined
      ? new Date(seconds * 1000)
      : text === undefined
        ? undefined
        : /^\d+(?:\.\d+)?$/.test(text)
          ? new Date(Number(text) * 1000)
          : /^\d{4}-\d\d(?:-\d\d)?(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?$/.test(text)
            ? new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) || text.length <= 10 ? text : `${text}Z`)
            : undefined
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date
}
