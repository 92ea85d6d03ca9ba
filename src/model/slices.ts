import type { OperationModel, ServiceModel, Shape, ShapeRef } from './service-model.ts'
import { type Paginator, paginators, type ServiceName, services } from './services.ts'

/**
 * What one operation needs of its service's model. A call of the CLI needs no more, and a whole model costs more to
 * parse than the call itself; so the bundle replaces this module by one that holds every slice as text (see
 * scripts/bundle.ts). Both are made by `sliceOf`.
 */
export interface OperationSlice {
  /** The service's model with this operation alone and the shapes it refers to. */
  readonly model: ServiceModel
  readonly operation: OperationModel
  readonly paginator: Paginator | undefined
}

/** The names of a service's operations, in the model's order, which is alphabetical. */
export const operationNames: Readonly<Record<ServiceName, readonly string[]>> = {
  servicecatalog: Object.keys(services.servicecatalog.operations),
  ssm: Object.keys(services.ssm.operations),
  sqs: Object.keys(services.sqs.operations),
  sts: Object.keys(services.sts.operations),
  iam: Object.keys(services.iam.operations),
  bellhop: Object.keys(services.bellhop.operations),
}

/** The slice of an operation by its name, which must be one of `operationNames`. */
export function operationSlice(service: ServiceName, name: string): OperationSlice {
  return sliceOf(services[service], name, paginators[service]?.[name])
}

/** Cut one operation out of a model: the operation and every shape that its input, output and errors reach. */
export function sliceOf(model: ServiceModel, name: string, paginator: Paginator | undefined): OperationSlice {
  const operation: OperationModel = { ...model.operations[name]!, name }
  const shapes: Record<string, Shape> = {}
  for (const ref of [operation.input, operation.output, ...(operation.errors ?? [])]) if (ref) reach(ref)
  return { model: { metadata: model.metadata, operations: { [name]: operation }, shapes }, operation, paginator }

  function reach(ref: ShapeRef): void {
    if (Object.hasOwn(shapes, ref.shape)) return
    const shape = model.shapes[ref.shape]!
    shapes[ref.shape] = shape
    if (shape.type === 'structure') Object.values(shape.members).forEach(reach)
    else if (shape.type === 'list') reach(shape.member)
    else if (shape.type === 'map') [shape.key, shape.value].forEach(reach)
  }
}
