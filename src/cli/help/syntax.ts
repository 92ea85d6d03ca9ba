import type { Shape, ShapeRef } from '../../model/service-model.ts'

type Shapes = Readonly<Record<string, Shape>>

/**
 * How a list, map or structure is written in shorthand, e.g. `Key=string,Value=string ...`; undefined where shorthand is
 * not taken or cannot say it.
 */
export function shorthandSyntax(ref: ShapeRef, shapes: Shapes): string | undefined {
  const shape = shapes[ref.shape]!
  if (shape.type === 'list') {
    const item = shapes[shape.member.shape]!
    if (isScalar(item)) return `"${scalarName(item)}" "${scalarName(item)}" ...`
    const inner = shorthandSyntax(shape.member, shapes)
    return inner === undefined ? undefined : `${inner} ...`
  }
  if (isScalar(shape)) return undefined
  return pairs(ref, shapes, [])?.join(',')
}

/** The `name=value` pairs of a structure or map. Undefined for a shape inside itself. */
function pairs(ref: ShapeRef, shapes: Shapes, above: readonly string[]): string[] | undefined {
  if (above.includes(ref.shape)) return undefined
  const shape = shapes[ref.shape]!
  const named: (readonly [string, ShapeRef])[] =
    shape.type === 'structure'
      ? Object.entries(shape.members)
      : shape.type === 'map'
        ? [
            ['KeyName1', shape.value],
            ['KeyName2', shape.value],
          ]
        : []
  const found: string[] = []
  for (const [name, member] of named) {
    const value = shorthandValue(member, shapes, [...above, ref.shape])
    if (value === undefined) return undefined
    found.push(`${name}=${value}`)
  }
  return found
}

function shorthandValue(ref: ShapeRef, shapes: Shapes, above: readonly string[]): string | undefined {
  const shape = shapes[ref.shape]!
  if (shape.type === 'list') {
    const item = shapes[shape.member.shape]!
    if (isScalar(item)) return `${scalarName(item)},${scalarName(item)}`
    const inner = shorthandValue(shape.member, shapes, above)
    return inner === undefined ? undefined : `[${inner},${inner}]`
  }
  if (isScalar(shape)) return scalarName(shape)
  const inner = pairs(ref, shapes, above)
  return inner === undefined ? undefined : `{${inner.join(',')}}`
}

/** How a list, map or structure is written in JSON, over several lines; undefined for a scalar. */
export function jsonSyntax(ref: ShapeRef, shapes: Shapes): string | undefined {
  return isScalar(shapes[ref.shape]!) ? undefined : json(ref, shapes, '', [])
}

function json(ref: ShapeRef, shapes: Shapes, indent: string, above: readonly string[]): string {
  const shape = shapes[ref.shape]!
  const inner = `${indent}  `
  if (isScalar(shape)) {
    return shape.enum ? shape.enum.map(value => `"${value}"`).join('|') : quotedName(shape)
  }
  if (above.includes(ref.shape)) return '{ ... }'
  const stack = [...above, ref.shape]
  if (shape.type === 'list') {
    const item = shapes[shape.member.shape]!
    const text = json(shape.member, shapes, inner, stack)
    return isScalar(item) ? `[${text}, ...]` : `[\n${inner}${text},\n${inner}...\n${indent}]`
  }
  const members: (readonly [string, ShapeRef])[] =
    shape.type === 'map' ? [['KeyName', shape.value]] : Object.entries(shape.members)
  if (members.length === 0) return '{}'
  const lines = members.map(([name, member]) => `${inner}"${name}": ${json(member, shapes, inner, stack)}`)
  return `{\n${[...lines, ...(shape.type === 'map' ? [`${inner}...`] : [])].join(',\n')}\n${indent}}`
}

type Scalar = Exclude<Shape, { type: 'structure' | 'list' | 'map' }>

function isScalar(shape: Shape): shape is Scalar {
  return shape.type !== 'structure' && shape.type !== 'list' && shape.type !== 'map'
}

function scalarName(shape: Scalar): string {
  return shape.type === 'boolean' ? 'true|false' : shape.type
}

function quotedName(shape: Scalar): string {
  return shape.type === 'string' || shape.type === 'blob' ? `"${shape.type}"` : scalarName(shape)
}

/**
 * What the model demands of a value, as sentences, e.g. `Length: 1 to 100 characters.` They hold on the server; the CLI
 * itself checks only minimums, as the AWS CLI does.
 */
export function constraintsOf(shape: Shape): string[] {
  const sentences: string[] = []
  const range = (unit: string, name: string) => {
    if (!('min' in shape || 'max' in shape)) return
    const { min, max } = shape as { min?: number; max?: number }
    const text = min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `${min} to ${max}`
    sentences.push(`${name}: ${min !== undefined && min === max ? `exactly ${min}` : text}${unit}.`)
  }
  switch (shape.type) {
    case 'string':
      if (shape.enum) sentences.push(`Values: ${shape.enum.join(', ')}.`)
      else range(' characters', 'Length')
      if (shape.pattern) sentences.push(`Pattern: ${shape.pattern}`)
      break
    case 'blob':
      range(' bytes', 'Length')
      break
    case 'list':
      range(' items', 'Size')
      break
    case 'map':
      range(' keys', 'Size')
      break
    case 'structure':
    case 'boolean':
    case 'timestamp':
      break
    default:
      range('', 'Range')
  }
  return sentences
}
