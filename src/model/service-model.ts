/**
 * The form of the files in `facts/`: botocore service models without their documentation. Only what the server and
 * the CLI read is typed here.
 */
export interface ServiceModel {
  readonly metadata: ServiceMetadata
  readonly operations: Readonly<Record<string, OperationModel>>
  readonly shapes: Readonly<Record<string, Shape>>
}

export interface ServiceMetadata {
  readonly apiVersion: string
  readonly endpointPrefix: string
  readonly protocol: string
  readonly jsonVersion?: string
  readonly targetPrefix?: string
  readonly signingName?: string
  readonly serviceFullName: string
  readonly serviceId: string
  readonly xmlNamespace?: string
}

export interface OperationModel {
  readonly name: string
  readonly http: { readonly method: string; readonly requestUri: string }
  readonly input?: ShapeRef
  readonly output?: ShapeRef & { readonly resultWrapper?: string }
  readonly errors?: readonly ShapeRef[]
}

export interface ShapeRef {
  readonly shape: string
  readonly locationName?: string
  readonly idempotencyToken?: boolean
}

export type Shape = StructureShape | ListShape | MapShape | ScalarShape

export interface StructureShape {
  readonly type: 'structure'
  readonly required?: readonly string[]
  readonly members: Readonly<Record<string, ShapeRef>>
  readonly exception?: boolean
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number; readonly senderFault?: boolean }
  readonly sensitive?: boolean
}

export interface ListShape {
  readonly type: 'list'
  readonly member: ShapeRef
  readonly min?: number
  readonly max?: number
  readonly flattened?: boolean
}

export interface MapShape {
  readonly type: 'map'
  readonly key: ShapeRef
  readonly value: ShapeRef
  readonly min?: number
  readonly max?: number
  readonly flattened?: boolean
}

export interface ScalarShape {
  readonly type: 'string' | 'boolean' | 'integer' | 'long' | 'float' | 'double' | 'timestamp' | 'blob'
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly min?: number
  readonly max?: number
  readonly box?: boolean
  readonly sensitive?: boolean
}
