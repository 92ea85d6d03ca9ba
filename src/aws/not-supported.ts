import type { OperationModel, ServiceModel, Shape } from './model.ts'

/**
 * Why an operation cannot be called from here; undefined: it can. Said before anything is sent, because each of these would
 * otherwise fail in a way that nobody understands.
 */
export function whyNotSupported(
  model: ServiceModel,
  name: string,
  input: Readonly<Record<string, unknown>>,
  hasOwnEndpoint: boolean,
): string | undefined {
  const { metadata, shapes } = model
  const operation = model.operations[name]!
  const needsNoSignature = operation.authtype === 'none'
  if (metadata.signatureVersion === 'bearer' && !needsNoSignature) return 'it takes bearer tokens, not AWS credentials'
  if (metadata.signatureVersion === 'v2') return 'it takes signatures of version 2 only'
  if (operation.endpointdiscovery?.required && !hasOwnEndpoint) return 'its endpoint must be discovered by other calls'
  if (hasEventStream(operation, shapes)) return 'it streams events, which a step cannot take'
  if (metadata.serviceId === 'Glacier' && /^Upload/.test(name)) return 'it needs tree hashes'
  if (metadata.serviceId === 'S3' && String(input['Bucket'] ?? '').endsWith('--x-s3')) {
    return 'directory buckets (S3 Express) take sessions of their own'
  }
  if (input['SourceRegion'] !== undefined && 'PreSignedUrl' in membersOf(operation, shapes) && !input['PreSignedUrl']) {
    return 'copies from another region need PreSignedUrl, which is not made here'
  }
  return undefined
}

function membersOf({ input }: OperationModel, shapes: Readonly<Record<string, Shape>>) {
  return (input && shapes[input.shape]!.members) ?? {}
}

function hasEventStream({ input, output }: OperationModel, shapes: Readonly<Record<string, Shape>>): boolean {
  return [input, output].some(
    reference =>
      reference &&
      Object.values(shapes[reference.shape]!.members ?? {}).some(({ shape }) => shapes[shape]!.eventstream),
  )
}
