import type { ScalarShape, ServiceModel, ShapeRef, StructureShape } from '../model/service-model.ts'
import type { EncodedRequest } from './client.ts'
import { findOperation, inputShape, isEmptyValue, isObject, outputShape, shapeOf } from './shapes.ts'
import { parseXml, type XmlElement } from './xml.ts'

/** The caller's side of the query protocol: a form goes out, XML comes in. */

export function encodeQueryRequest(model: ServiceModel, operation: string, input: unknown): EncodedRequest {
  const shape = inputShape(model, operation)
  const fields: [string, string][] = [
    ['Action', operation],
    ['Version', model.metadata.apiVersion],
  ]
  if (shape !== undefined && isObject(input)) encodeStructure(model, shape, '', input, fields)
  return {
    path: '/',
    headers: [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']],
    body: Buffer.from(fields.map(([name, value]) => `${formText(name)}=${formText(value)}`).join('&')),
  }
}

/**
 * What a service answered, read by the model. Timestamps stay text, as they were sent. Throws XmlError when the body is
 * not XML.
 */
export function decodeQueryAnswer(model: ServiceModel, operation: string, bytes: Uint8Array): Record<string, unknown> {
  const shape = outputShape(model, operation)
  if (shape === undefined) return {}
  const root = parseXml(new TextDecoder().decode(bytes))
  const wrapper = findOperation(model, operation)?.output?.resultWrapper
  const result = wrapper === undefined ? root : childrenOf(root, wrapper)[0]
  return result === undefined ? {} : decodeStructure(model, shape, result)
}

/** The code and message of an `<ErrorResponse>`; undefined when the body is something else. */
export function decodeQueryError(bytes: Uint8Array): { code: string; message: string } | undefined {
  let root: XmlElement
  try {
    root = parseXml(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
  const error = root.name === 'Error' ? root : childrenOf(root, 'Error')[0]
  const code = error && childrenOf(error, 'Code')[0]
  if (code === undefined) return undefined
  return { code: code.text.trim(), message: childrenOf(error!, 'Message')[0]?.text ?? '' }
}

function formText(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function encodeStructure(
  model: ServiceModel,
  shape: StructureShape,
  prefix: string,
  value: Record<string, unknown>,
  fields: [string, string][],
): void {
  for (const [name, ref] of Object.entries(shape.members)) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined
    if (!isEmptyValue(member)) encode(model, ref, `${prefix}${ref.locationName ?? name}`, member, fields)
  }
}

function encode(model: ServiceModel, ref: ShapeRef, name: string, value: unknown, fields: [string, string][]): void {
  const shape = shapeOf(model, ref)
  if (shape.type === 'structure' && isObject(value)) {
    encodeStructure(model, shape, `${name}.`, value, fields)
  } else if (shape.type === 'list' && Array.isArray(value)) {
    // An empty list is sent as such, so that it can be told from one that was not given.
    if (value.length === 0) fields.push([name, ''])
    const prefix = shape.flattened ? name : `${name}.${shape.member.locationName ?? 'member'}`
    for (const [i, item] of value.entries()) encode(model, shape.member, `${prefix}.${i + 1}`, item, fields)
  } else if (shape.type === 'map' && isObject(value)) {
    const prefix = shape.flattened ? name : `${name}.entry`
    for (const [i, [key, item]] of Object.entries(value).entries()) {
      fields.push([`${prefix}.${i + 1}.${shape.key.locationName ?? 'key'}`, key])
      encode(model, shape.value, `${prefix}.${i + 1}.${shape.value.locationName ?? 'value'}`, item, fields)
    }
  } else {
    fields.push([name, scalarText(shape.type, value)])
  }
}

function scalarText(type: string, value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z')
  if (type === 'timestamp' && typeof value === 'number') return new Date(value * 1000).toISOString()
  return String(value)
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter(child => child.name === name)
}

function decodeStructure(model: ServiceModel, shape: StructureShape, element: XmlElement): Record<string, unknown> {
  const decoded: Record<string, unknown> = {}
  for (const [name, ref] of Object.entries(shape.members)) {
    const found = childrenOf(element, ref.locationName ?? name)
    if (found.length > 0) decoded[name] = decode(model, ref, found)
  }
  return decoded
}

/** `elements`: all of the name, of which only a flattened list or map has more than one. */
function decode(model: ServiceModel, ref: ShapeRef, elements: readonly XmlElement[]): unknown {
  const shape = shapeOf(model, ref)
  const first = elements[0]!
  switch (shape.type) {
    case 'structure':
      return decodeStructure(model, shape, first)
    case 'list': {
      const items = shape.flattened ? elements : childrenOf(first, shape.member.locationName ?? 'member')
      return items.map(item => decode(model, shape.member, [item]))
    }
    case 'map': {
      const decoded: Record<string, unknown> = Object.create(null)
      for (const entry of shape.flattened ? elements : childrenOf(first, 'entry')) {
        const key = childrenOf(entry, shape.key.locationName ?? 'key')[0]
        const value = childrenOf(entry, shape.value.locationName ?? 'value')
        if (key !== undefined && value.length > 0) decoded[key.text] = decode(model, shape.value, value)
      }
      return decoded
    }
    default:
      return decodeScalar(shape, first.text)
  }
}

function decodeScalar(shape: ScalarShape, text: string): unknown {
  switch (shape.type) {
    case 'boolean':
      return text.trim() === 'true'
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return Number(text)
    case 'blob':
      return new Uint8Array(Buffer.from(text, 'base64'))
    default:
      return text
  }
}
