import type { Shape, ShapeRef } from '../model/service-model.ts'
import { Epoch, Float, type Value, type ValueMap } from './values.ts'

type Shapes = Readonly<Record<string, Shape>>

/** The skeleton of an operation's input: every member once, texts empty, numbers 0, booleans true, enums their first. */
export function inputSkeleton(ref: ShapeRef | undefined, shapes: Shapes): ValueMap {
  return ref === undefined ? new Map() : (skeleton(ref, shapes, '', false) as ValueMap)
}

/** The skeleton of an operation's answer: texts are their member's names, times the epoch. */
export function outputSkeleton(ref: ShapeRef | undefined, shapes: Shapes): ValueMap {
  return ref === undefined ? new Map() : (skeleton(ref, shapes, '', true) as ValueMap)
}

function skeleton(ref: ShapeRef, shapes: Shapes, name: string, named: boolean, above: readonly string[] = []): Value {
  const shape = shapes[ref.shape]!
  // A shape inside itself is shown once.
  if (above.includes(ref.shape)) return new Map()
  const stack = [...above, ref.shape]
  const inner = (member: ShapeRef, memberName: string) => skeleton(member, shapes, memberName, named, stack)
  switch (shape.type) {
    case 'structure':
      return new Map(Object.entries(shape.members).map(([member, memberRef]) => [member, inner(memberRef, member)]))
    case 'list':
      return [inner(shape.member, shape.member.shape)]
    case 'map':
      return new Map([['KeyName', inner(shape.value, '')]])
    case 'boolean':
      return true
    case 'integer':
    case 'long':
      return 0
    case 'float':
    case 'double':
      return new Float(0)
    case 'timestamp':
      return named ? new Epoch() : '1970-01-01T00:00:00'
    case 'blob':
      return null
    default:
      return named ? name : (shape.enum?.[0] ?? '')
  }
}

/**
 * The input skeleton as YAML with a comment after every member: `[REQUIRED]` where the model says so, what the member is
 * in one sentence, and the values of an enum. A comment is one line, however long. The blanks before the first comment
 * of a mapping are the AWS CLI's: two when its value is a scalar, else one.
 */
export async function yamlSkeleton(service: string, ref: ShapeRef | undefined, shapes: Shapes): Promise<string> {
  const { printYaml } = await import('./yaml.ts')
  const { describeMember, firstSentence } = await import('./descriptions/index.ts')
  return ref === undefined ? '{}\n' : mapping(ref, '', '', [])

  function mapping(at: ShapeRef, indent: string, firstIndent: string, above: readonly string[]): string {
    const shape = shapes[at.shape]!
    const isShown = shape.type === 'structure' && !above.includes(at.shape) && Object.keys(shape.members).length > 0
    if (!isShown) return `${firstIndent}{}\n`
    const stack = [...above, at.shape]
    return Object.entries(shape.members)
      .map(([name, member], index) => {
        const lead = index === 0 ? firstIndent : indent
        const blanks = index === 0 ? '  ' : ' '
        const required = shape.required?.includes(name) ? ' [REQUIRED]' : ''
        const description = describeMember(service, at.shape, name)
        const sentence = description === undefined ? '' : ` ${firstSentence(description).replace(/\s+/g, ' ')}`
        const comment = `${required}${sentence}${validValues(shapes[member.shape]!)}`
        return `${lead}${name}:${entry(member, indent, `${blanks}#${comment}`, stack)}`
      })
      .join('')
  }

  function entry(at: ShapeRef, indent: string, comment: string, above: readonly string[]): string {
    const shape = shapes[at.shape]!
    if (shape.type === 'structure' && !above.includes(at.shape)) {
      return `${comment}\n${mapping(at, `${indent}  `, `${indent}  `, above)}`
    }
    if (shape.type === 'list') return `${comment}\n${item(shape.member, indent, above)}`
    if (shape.type === 'map') return `${comment}\n${indent}  KeyName:${mapValue(shape.value, `${indent}  `, above)}`
    const value = skeleton(at, shapes, '', false, above)
    return ` ${printYaml(value).trimEnd()}${comment}\n`
  }

  function item(at: ShapeRef, indent: string, above: readonly string[]): string {
    const shape = shapes[at.shape]!
    if (shape.type === 'structure' && !above.includes(at.shape)) return mapping(at, `${indent}  `, `${indent}- `, above)
    if (shape.type === 'list') return `${indent}- ${item(shape.member, `${indent}  `, above).trimStart()}`
    return `${indent}- ${printYaml(skeleton(at, shapes, '', false, above)).trimEnd()}\n`
  }

  function mapValue(at: ShapeRef, indent: string, above: readonly string[]): string {
    const shape = shapes[at.shape]!
    if (shape.type === 'list') return `\n${item(shape.member, indent, above)}`
    if (shape.type === 'structure') return `\n${mapping(at, `${indent}  `, `${indent}  `, above)}`
    return ` ${printYaml(skeleton(at, shapes, '', false, above)).trimEnd()}\n`
  }
}

function validValues(shape: Shape): string {
  return shape.type === 'string' && shape.enum ? ` Valid values are: ${shape.enum.join(', ')}.` : ''
}
