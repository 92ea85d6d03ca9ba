import type { ServiceModel, ShapeRef, StructureShape } from '../model/service-model.ts'
import { epochSeconds } from './scalars.ts'
import { isEmptyValue, isObject, membersOf, outputShape, shapeOf } from './shapes.ts'

/** Writes a value of one shape as JSON. */
type Writer = (value: unknown) => string

/**
 * An operation's output as JSON text: the model's members in the model's order, timestamps as epoch seconds, blobs in
 * base64; undefined and null are left out. Handlers may return more than the model knows.
 */
export function outputText(model: ServiceModel, operation: string, output: unknown): string {
  const shape = outputShape(model, operation)
  if (shape === undefined || !isObject(output)) return '{}'
  return structureWriter(model, shape)(output)
}

/** Writers are made once for each shape, when it is first written: most shapes never are. */
const writers = new WeakMap<StructureShape, Writer>()

function structureWriter(model: ServiceModel, shape: StructureShape): Writer {
  let writer = writers.get(shape)
  if (writer === undefined) {
    writer = makeStructureWriter(model, shape)
    writers.set(shape, writer)
  }
  return writer
}

function makeStructureWriter(model: ServiceModel, shape: StructureShape): Writer {
  let members: readonly { readonly name: string; readonly key: string; readonly write: Writer }[] | undefined
  const write: Writer = value => {
    // When it is first written, since a shape may hold itself.
    members ??= membersOf(shape).map(([name, ref]) => ({
      name,
      key: `${JSON.stringify(name)}:`,
      write: writerOf(model, ref),
    }))
    let text = '{'
    for (const { name, key, write } of members) {
      const member = (value as Readonly<Record<string, unknown>>)[name]
      if (isEmptyValue(member)) continue
      if (text.length > 1) text += ','
      text += key + write(member)
    }
    return `${text}}`
  }
  /** What is frozen is what storage has in common for many requests: it is written once. */
  const written = new WeakMap<object, string>()
  return value => {
    if (!Object.isFrozen(value)) return write(value)
    let text = written.get(value as object)
    if (text === undefined) {
      text = write(value)
      written.set(value as object, text)
    }
    return text
  }
}

function writerOf(model: ServiceModel, ref: ShapeRef): Writer {
  const shape = shapeOf(model, ref)
  switch (shape.type) {
    case 'structure':
      return structureWriter(model, shape)
    case 'list': {
      const write = writerOf(model, shape.member)
      return value => {
        let text = '['
        for (const item of value as readonly unknown[]) {
          if (isEmptyValue(item)) continue
          if (text.length > 1) text += ','
          text += write(item)
        }
        return `${text}]`
      }
    }
    case 'map': {
      const write = writerOf(model, shape.value)
      return value => {
        let text = '{'
        for (const [key, item] of Object.entries(value as Readonly<Record<string, unknown>>)) {
          if (isEmptyValue(item)) continue
          if (text.length > 1) text += ','
          text += `${JSON.stringify(key)}:${write(item)}`
        }
        return `${text}}`
      }
    }
    case 'timestamp':
      return value => JSON.stringify(value instanceof Date ? epochSeconds(value) : value)
    case 'blob':
      return value => JSON.stringify(value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value)
    default:
      return value => JSON.stringify(value)
  }
}
