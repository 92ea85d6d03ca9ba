import type { ServiceModel, ShapeReference } from './model.ts'

/**
 * An operation's output as boto3 shows it: plain values, streams read to their end, and what boto3's handlers change
 * (policies as maps, templates as maps, keys decoded). Bytes stay Uint8Array and dates Date.
 */
export async function plainAnswer(
  model: ServiceModel,
  operation: string,
  output: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(output)) {
    if (isStream(value) && Number(output['ContentLength'] ?? 0) > mostBytes) {
      value.destroy?.()
      throw new AnswerTooLarge(`Its answer has ${output['ContentLength']} bytes; at most ${mostBytes} are taken in`)
    }
    result[name] = isStream(value) ? await value.transformToByteArray() : plain(value)
  }
  const reference = model.operations[operation]!.output
  const handlers: Readonly<Record<string, Handler>> = {
    IAM: () => decodePolicies(model, reference, result),
    CloudFormation: () => decodeTemplate(operation, result),
    S3: () => {
      decodeKeys(operation, result)
      // In us-east-1 the answer has an empty element, which boto3 shows as None.
      if (operation === 'GetBucketLocation') result['LocationConstraint'] ||= null
    },
    EC2: () => decodeConsole(operation, result),
  }
  handlers[model.metadata.serviceId]?.()
  return result
}

type Handler = () => void

interface Stream {
  transformToByteArray(): Promise<Uint8Array>
  destroy?(): void
}

/** An answer that would not fit into memory beside others. */
export class AnswerTooLarge extends Error {}

/** What one streamed answer (an object of S3) may have. */
const mostBytes = 256 * 1024 * 1024

function isStream(value: unknown): value is Stream {
  return typeof (value as Stream | undefined)?.transformToByteArray === 'function'
}

/** The runtime's own classes as plain values; whole numbers beyond 2^53 as text, so that no digit is lost. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value
  // JSON in a header or member: read when asked for, and a String object until then.
  if (value instanceof String) return String(value)
  if (Array.isArray(value)) return value.map(plain)
  // A number with more digits than a double has (NumericValue), known as the runtime itself knows it.
  if ('string' in value && 'type' in value && value.type === 'bigDecimal') return String(value.string)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

/** Policies are JSON, URL-encoded, in IAM's answers; their shape says which they are. */
function decodePolicies(
  model: ServiceModel,
  reference: ShapeReference | undefined,
  value: unknown,
  set: (decoded: unknown) => void = () => {},
): void {
  if (!reference || value === undefined || value === null) return
  if (reference.shape === 'policyDocumentType') {
    if (typeof value === 'string') set(decodedPolicy(value))
    return
  }
  const { members = {}, member } = model.shapes[reference.shape]!
  for (const [name, of] of Object.entries(members)) {
    const container = value as Record<string, unknown>
    decodePolicies(model, of, container[name], decoded => {
      container[name] = decoded
    })
  }
  if (member && Array.isArray(value)) for (const item of value) decodePolicies(model, member, item)
}

function decodedPolicy(text: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(text))
  } catch {
    return text
  }
}

/** GetTemplate: a template in JSON is a map, one in YAML stays text. */
function decodeTemplate(operation: string, result: Record<string, unknown>): void {
  if (operation !== 'GetTemplate' || typeof result['TemplateBody'] !== 'string') return
  try {
    result['TemplateBody'] = JSON.parse(result['TemplateBody'])
  } catch {}
}

const listings = ['ListObjects', 'ListObjectsV2', 'ListObjectVersions', 'ListMultipartUploads']
const encoded = ['Delimiter', 'Prefix', 'KeyMarker', 'NextKeyMarker', 'Marker', 'NextMarker', 'StartAfter', 'Key']

/** The listings whose keys are asked for URL-encoded, because XML cannot carry all of them. */
export function asksForEncodedKeys({ metadata }: ServiceModel, operation: string): boolean {
  return metadata.serviceId === 'S3' && listings.includes(operation)
}

function decodeKeys(operation: string, result: Record<string, unknown>): void {
  if (!listings.includes(operation) || result['EncodingType'] !== 'url') return
  const decode = (map: Record<string, unknown>) => {
    for (const name of encoded) {
      if (typeof map[name] === 'string') map[name] = decodeURIComponent(map[name].replaceAll('+', ' '))
    }
  }
  decode(result)
  for (const name of ['Contents', 'CommonPrefixes', 'Versions', 'DeleteMarkers', 'Uploads']) {
    if (Array.isArray(result[name])) result[name].forEach(decode)
  }
}

function decodeConsole(operation: string, result: Record<string, unknown>): void {
  if (operation !== 'GetConsoleOutput' || typeof result['Output'] !== 'string') return
  result['Output'] = Buffer.from(result['Output'], 'base64').toString('utf8')
}
