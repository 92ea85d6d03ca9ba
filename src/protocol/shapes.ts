import type { OperationModel, ServiceModel, Shape, ShapeRef, StructureShape } from '../model/service-model.ts'
import { UnknownOperationException } from './errors.ts'

/** An operation by name, or undefined. Names come from the wire, so `__proto__` must find nothing. */
export function findOperation(model: ServiceModel, operation: string): OperationModel | undefined {
  return Object.hasOwn(model.operations, operation) ? model.operations[operation] : undefined
}

/** The structure an operation takes; undefined when it takes nothing. Throws UnknownOperationException. */
export function inputShape(model: ServiceModel, operation: string): StructureShape | undefined {
  return structureOf(model, knownOperation(model, operation).input)
}

/** The structure an operation answers; undefined when it answers nothing. Throws UnknownOperationException. */
export function outputShape(model: ServiceModel, operation: string): StructureShape | undefined {
  return structureOf(model, knownOperation(model, operation).output)
}

/** The shape a reference names. A model that names a shape it does not have is a broken file, not bad input. */
export function shapeOf(model: ServiceModel, ref: ShapeRef): Shape {
  const shape = Object.hasOwn(model.shapes, ref.shape) ? model.shapes[ref.shape] : undefined
  if (shape === undefined) throw new Error(`The model of ${model.metadata.serviceId} has no shape ${ref.shape}.`)
  return shape
}

const members = new WeakMap<StructureShape, readonly (readonly [name: string, ref: ShapeRef])[]>()

/** A structure's members in the model's order; a list that is made once. */
export function membersOf(shape: StructureShape): readonly (readonly [name: string, ref: ShapeRef])[] {
  let known = members.get(shape)
  if (known === undefined) {
    known = Object.entries(shape.members)
    members.set(shape, known)
  }
  return known
}

/** The shape of an error, if the model declares it. */
export function errorShape(model: ServiceModel, code: string): StructureShape | undefined {
  const shape = Object.hasOwn(model.shapes, code) ? model.shapes[code] : undefined
  return shape?.type === 'structure' && shape.exception ? shape : undefined
}

export function isEmptyValue(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function knownOperation(model: ServiceModel, operation: string): OperationModel {
  const known = findOperation(model, operation)
  if (known === undefined) throw new UnknownOperationException(`Operation ${operation.slice(0, 128)} is not known.`)
  return known
}

function structureOf(model: ServiceModel, ref: ShapeRef | undefined): StructureShape | undefined {
  if (ref === undefined) return undefined
  const shape = shapeOf(model, ref)
  if (shape.type !== 'structure') throw new Error(`Shape ${ref.shape} is not a structure.`)
  return shape
}
