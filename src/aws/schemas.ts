import type { OperationModel, ServiceModel, Shape, ShapeReference } from './model.ts'

/**
 * The runtime's schemas, as generated clients carry them: structures [3, namespace, name, traits, names, members], lists [1],
 * maps [2], unions [4], errors [-3], operations [9]; scalars are numbers; a member with traits is [schema, traits]; what may
 * recur is a function.
 */
export type Schema = number | 'unit' | readonly unknown[] | (() => Schema)

type Traits = Record<string, unknown>

const scalars: Readonly<Record<string, number>> = {
  string: 0,
  character: 0,
  integer: 1,
  long: 1,
  float: 1,
  double: 1,
  bigdecimal: 1,
  boolean: 2,
  blob: 21,
  timestamp: 4,
}
const timestamps: Readonly<Record<string, number>> = { iso8601: 5, rfc822: 6, unixTimestamp: 7 }
const documentSchema = 15
const streamingBlob = 42

/** Turns a botocore model into the runtime's schemas, only as far as operations reach. */
export class Schemas {
  readonly #model: ServiceModel
  readonly #namespace: string
  readonly #isXml: boolean
  readonly #isRestJson: boolean
  readonly #known = new Map<string, Schema>()

  constructor(model: ServiceModel, namespace: string, protocol: string) {
    this.#model = model
    this.#namespace = namespace
    this.#isXml = ['ec2', 'query', 'rest-xml'].includes(protocol)
    this.#isRestJson = protocol === 'rest-json'
  }

  operation(name: string): Schema {
    const model = this.#model.operations[name]!
    const { method = 'POST', responseCode = 200 } = model.http ?? {}
    const traits: Traits = { http: [method, this.#path(model), responseCode] }
    if (model.endpoint?.hostPrefix) traits['endpoint'] = [model.endpoint.hostPrefix]
    return [9, this.#namespace, name, traits, this.#root(model.input), this.#root(model.output)]
  }

  of(name: string): Schema {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const shape = this.#model.shapes[name]!
    // Known before its members are looked at: they may lead back here.
    switch (shape.type) {
      case 'structure':
        return shape.document ? documentSchema : this.#structure(name, shape)
      case 'list': {
        const list: unknown[] = [1, this.#namespace, name, collectionTraits(shape), 0]
        this.#known.set(name, list)
        list[4] = this.#member(shape.member!)
        return list
      }
      case 'map': {
        const map: unknown[] = [2, this.#namespace, name, collectionTraits(shape), 0, 0]
        this.#known.set(name, map)
        map[4] = this.#member(shape.key!)
        map[5] = this.#member(shape.value!)
        return map
      }
      case 'timestamp':
        return timestamps[shape.timestampFormat ?? ''] ?? scalars['timestamp']!
      case 'blob':
        return shape.streaming ? streamingBlob : scalars['blob']!
      default:
        return scalars[shape.type] ?? scalars['string']!
    }
  }

  #structure(name: string, shape: Shape): Schema {
    const traits: Traits = {}
    if (this.#isXml && shape.locationName) traits['xmlName'] = shape.locationName
    if (shape.xmlNamespace) traits['xmlNamespace'] = [shape.xmlNamespace.prefix ?? '', shape.xmlNamespace.uri]
    if (shape.eventstream) traits['streaming'] = 1
    const isError = isErrorShape(shape)
    if (isError) {
      traits['error'] = shape.fault || (shape.error?.httpStatusCode ?? 400) >= 500 ? 'server' : 'client'
      if (shape.error?.code) traits['awsQueryError'] = [shape.error.code, shape.error.httpStatusCode ?? 400]
    }
    const names: string[] = []
    const members: Schema[] = []
    const schema = [isError ? -3 : shape.union ? 4 : 3, this.#namespace, name, traits, names, members, 0]
    this.#known.set(name, schema)
    // In the model's order, which is the order of boto3's results; generated clients put required members first.
    for (const [member, reference] of Object.entries(shape.members ?? {})) {
      names.push(member)
      members.push(this.#member(reference, member, shape.payload === member))
    }
    return schema
  }

  #member(reference: ShapeReference, name = '', isPayload = false): Schema {
    const shape = this.#model.shapes[reference.shape]!
    const traits: Traits = {}
    let { locationName } = reference
    if (reference.flattened || shape.flattened) {
      traits['xmlFlattened'] = 1
      // On the wire a flattened list has the name of its elements.
      if (shape.type === 'list') locationName = shape.member!.locationName ?? locationName
    }
    switch (reference.location) {
      case 'uri':
        traits['httpLabel'] = 1
        break
      case 'querystring':
        if (shape.type === 'map') traits['httpQueryParams'] = 1
        else traits['httpQuery'] = locationName ?? name
        break
      case 'header':
        traits['httpHeader'] = locationName ?? name
        break
      case 'headers':
        traits['httpPrefixHeaders'] = locationName ?? ''
        break
      case 'statusCode':
        traits['httpResponseCode'] = 1
        break
      default:
        if (locationName && this.#isXml) traits['xmlName'] = locationName
        if (locationName && this.#isRestJson) traits['jsonName'] = locationName
    }
    if (isPayload) traits['httpPayload'] = 1
    const queryName = reference.queryName ?? shape.queryName
    if (queryName) traits['ec2QueryName'] = queryName
    if (reference.xmlAttribute) traits['xmlAttribute'] = 1
    if (reference.xmlNamespace) {
      traits['xmlNamespace'] = [reference.xmlNamespace.prefix ?? '', reference.xmlNamespace.uri]
    }
    if (reference.idempotencyToken || shape.idempotencyToken) traits['idempotencyToken'] = 1
    if (reference.hostLabel) traits['hostLabel'] = 1
    if (reference.jsonvalue || shape.jsonvalue) traits['mediaType'] = 'application/json'
    const schema = this.#target(reference, shape)
    return Object.keys(traits).length > 0 ? [schema, traits] : schema
  }

  #target(reference: ShapeReference, shape: Shape): Schema {
    if (shape.type === 'timestamp' && reference.timestampFormat) return timestamps[reference.timestampFormat]!
    if (shape.type === 'blob' && reference.streaming) return streamingBlob
    const mayRecur = ['structure', 'list', 'map'].includes(shape.type) && !shape.document
    return mayRecur ? () => this.of(reference.shape) : this.of(reference.shape)
  }

  /** Labels in the path have the wire's names in botocore and the members' names in the runtime. */
  #path({ http, input }: OperationModel): string {
    let path = http?.requestUri ?? '/'
    for (const [name, { location, locationName }] of Object.entries(this.#members(input))) {
      if (location !== 'uri' || !locationName) continue
      path = path.replace(`{${locationName}}`, `{${name}}`).replace(`{${locationName}+}`, `{${name}+}`)
    }
    // The endpoint rules put the bucket into the host or the path.
    if (this.#model.metadata.serviceId === 'S3') path = path.replace(/^\/\{Bucket\}/, '')
    return path.startsWith('/') ? path : `/${path}`
  }

  #members(reference: ShapeReference | undefined): Readonly<Record<string, ShapeReference>> {
    return (reference && this.#model.shapes[reference.shape]!.members) ?? {}
  }

  /** Input or output of an operation: for rest-xml the name of the body's root is said where it is used. */
  #root(reference: ShapeReference | undefined): Schema {
    if (!reference) return 'unit'
    const schema = this.of(reference.shape)
    const { locationName, xmlNamespace } = reference
    if (!Array.isArray(schema) || !(locationName || xmlNamespace)) return () => schema
    const copy = [...schema]
    copy[3] = {
      ...copy[3],
      ...(locationName && { xmlName: locationName }),
      ...(xmlNamespace && { xmlNamespace: ['', xmlNamespace.uri] }),
    }
    return () => copy
  }
}

export function isErrorShape({ exception, error }: Shape): boolean {
  return Boolean(exception || error)
}

function collectionTraits({ flattened, sparse }: Shape): Traits {
  return { ...(flattened && { xmlFlattened: 1 }), ...(sparse && { sparse: 1 }) }
}
