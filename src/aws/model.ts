/**
 * What of a botocore service model is read: operations, shapes, traits and endpoint rules, as the files in services/ have
 * them. The names are botocore's.
 */
export interface ServiceModel {
  readonly metadata: {
    readonly serviceId: string
    readonly endpointPrefix: string
    readonly signingName?: string
    readonly apiVersion: string
    readonly protocol: string
    readonly protocols?: readonly string[]
    readonly auth?: readonly string[]
    readonly signatureVersion?: string
    readonly jsonVersion?: string
    readonly targetPrefix?: string
    readonly xmlNamespace?: string | { readonly uri: string }
    readonly awsQueryCompatible?: object
  }
  readonly operations: Readonly<Record<string, OperationModel>>
  readonly shapes: Readonly<Record<string, Shape>>
  /** The endpoint rule set, handed to the runtime as it is. */
  readonly rules: { readonly parameters: Readonly<Record<string, { readonly builtIn?: string }>> }
  readonly clientContextParams?: Readonly<Record<string, unknown>>
}

export interface OperationModel {
  readonly http?: { readonly method?: string; readonly requestUri?: string; readonly responseCode?: number }
  readonly input?: ShapeReference
  readonly output?: ShapeReference
  readonly auth?: readonly string[]
  readonly authtype?: string
  readonly endpoint?: { readonly hostPrefix?: string }
  readonly endpointdiscovery?: { readonly required?: boolean }
  readonly staticContextParams?: Readonly<Record<string, { readonly value: unknown }>>
  readonly httpChecksum?: {
    readonly requestAlgorithmMember?: string
    readonly requestChecksumRequired?: boolean
    readonly requestValidationModeMember?: string
    readonly responseAlgorithms?: readonly string[]
  }
}

interface XmlNamespace {
  readonly prefix?: string
  readonly uri: string
}

/** A member, an element, a key or a value: the shape's name, and what this use of it adds. */
export interface ShapeReference {
  readonly shape: string
  readonly location?: 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode'
  readonly locationName?: string
  readonly queryName?: string
  readonly flattened?: boolean
  readonly streaming?: boolean
  readonly xmlAttribute?: boolean
  readonly xmlNamespace?: XmlNamespace
  readonly idempotencyToken?: boolean
  readonly hostLabel?: boolean
  readonly jsonvalue?: boolean
  readonly timestampFormat?: string
  readonly contextParam?: { readonly name: string }
}

export interface Shape {
  readonly type: string
  readonly members?: Readonly<Record<string, ShapeReference>>
  readonly required?: readonly string[]
  readonly member?: ShapeReference
  readonly key?: ShapeReference
  readonly value?: ShapeReference
  readonly payload?: string
  readonly document?: boolean
  readonly union?: boolean
  readonly eventstream?: boolean
  readonly exception?: boolean
  readonly fault?: boolean
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number }
  readonly flattened?: boolean
  readonly sparse?: boolean
  readonly streaming?: boolean
  readonly locationName?: string
  readonly queryName?: string
  readonly xmlNamespace?: XmlNamespace
  readonly idempotencyToken?: boolean
  readonly jsonvalue?: boolean
  readonly timestampFormat?: string
}

/** The protocol that the runtime is to speak with the service. */
export function protocolOf({ metadata }: ServiceModel): string {
  // CBOR is not in the runtime; every service that prefers it speaks another one too.
  const { protocol, protocols = [] } = metadata
  return protocol === 'smithy-rpc-v2-cbor' ? protocols.find(other => other !== protocol)! : protocol
}
