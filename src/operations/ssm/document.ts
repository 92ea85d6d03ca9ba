import { createHash } from 'node:crypto'
import { type AutomationDocumentEntity, type DocumentVersion, documentName } from '../../catalog/documents.ts'
import type { Scope } from '../../catalog/scope.ts'
import type {
  AttachmentsSource,
  DocumentDescription,
  DocumentFormat,
  DocumentParameter,
  DocumentParameterType,
  PlatformType,
} from '../../model/generated/ssm.ts'
import {
  InvalidDocument,
  InvalidDocumentContent,
  InvalidDocumentVersion,
  MaxDocumentSizeExceeded,
  ServiceError,
} from '../../protocol/errors.ts'
import type { VersionChoice } from '../../storage/verbs/documents.ts'
import type { Caller, DocumentSummary, Services } from '../operation.ts'
import { takeAttachments } from './attachments.ts'

/** What automation documents run on, as SSM answers it for every one of them. */
export const platformTypes: readonly PlatformType[] = ['Windows', 'Linux', 'MacOS']

/** Bytes (SSM's quota for a document). */
const mostBytes = 65_536

/**
 * A version of a document from what was sent. Throws InvalidDocumentContent, MaxDocumentSizeExceeded, or
 * UnsupportedOperationException for what automation documents here cannot have.
 */
export async function newVersion(
  input: {
    readonly Name: string
    readonly Content: string
    readonly DocumentFormat?: DocumentFormat
    readonly VersionName?: string
    readonly DisplayName?: string
    readonly TargetType?: string
    readonly Attachments?: readonly AttachmentsSource[]
    readonly Requires?: readonly unknown[]
    readonly DocumentType?: 'Automation' | 'Command'
  },
  caller: Caller,
  services: Pick<Services, 'attachments' | 'documents' | 'clock' | 'storage'>,
): Promise<Omit<DocumentVersion, 'version'>> {
  const { documents, clock } = services
  if (input.Requires?.length) throw unsupported('Requires is not supported.')
  const format = input.DocumentFormat ?? 'JSON'
  if (format === 'TEXT') throw new InvalidDocumentContent('Automation documents are written in JSON or YAML, not TEXT.')
  if (Buffer.byteLength(input.Content) > mostBytes) {
    throw new MaxDocumentSizeExceeded(`The size of a document must not exceed ${mostBytes} bytes.`)
  }
  const summary = documents.check(input.Content, format, input.DocumentType)
  const attachments = await takeAttachments(input.Attachments, summary, caller, services)
  return {
    ...versionOf({ name: input.Name, content: input.Content, format, targetType: input.TargetType }, summary),
    versionName: input.VersionName,
    displayName: input.DisplayName,
    createdAt: clock.now(),
    ...(attachments.length > 0 && { attachments }),
  }
}

/** What a version's content says of it. */
export function versionOf(
  given: Pick<DocumentVersion, 'name' | 'content' | 'format' | 'targetType'>,
  { schemaVersion, description, parameters }: DocumentSummary,
): Omit<DocumentVersion, 'version' | 'createdAt'> {
  return {
    ...given,
    hash: createHash('sha256').update(given.content).digest('hex'),
    schemaVersion,
    description,
    parameters: parameters.map(
      ({ name, type, description, defaultValue }): DocumentParameter => ({
        Name: name,
        // The model knows two types; automation documents have more, and SSM answers them as written.
        Type: type as DocumentParameterType,
        Description: description,
        DefaultValue: defaultValue,
      }),
    ),
  }
}

/** Of which type a version is; its schema tells. */
export function typeOf({ schemaVersion }: Pick<DocumentVersion, 'schemaVersion'>): 'Automation' | 'Command' {
  return schemaVersion === '0.3' ? 'Automation' : 'Command'
}

/** A document as SSM describes it. Without AWS's own reviews there is nothing of those. */
export function describe(
  document: AutomationDocumentEntity,
  version: DocumentVersion,
  status: 'Creating' | 'Active' | 'Updating',
): DocumentDescription {
  return {
    Hash: version.hash,
    HashType: 'Sha256',
    Name: document.name,
    DisplayName: document.displayName,
    VersionName: version.versionName,
    Owner: document.scope.accountId,
    CreatedDate: version.createdAt,
    Status: status,
    DocumentVersion: version.version,
    Description: version.description,
    Parameters: version.parameters,
    PlatformTypes: platformTypes,
    DocumentType: typeOf(version),
    SchemaVersion: version.schemaVersion,
    LatestVersion: document.latestVersion,
    DefaultVersion: document.defaultVersion,
    DocumentFormat: version.format,
    TargetType: version.targetType,
    Tags: document.tags,
    AttachmentsInformation: version.attachments?.map(({ name }) => ({ Name: name })),
  }
}

/**
 * A document and one of its versions, the default one unless the input says which. Throws InvalidDocument and
 * InvalidDocumentVersion.
 */
export async function findVersion(
  { storage }: Pick<Services, 'storage'>,
  caller: Caller,
  input: { readonly Name: string; readonly DocumentVersion?: string; readonly VersionName?: string },
): Promise<{ document: AutomationDocumentEntity; version: DocumentVersion }> {
  const document = await storage.documents.get(caller.scope, input.Name)
  if (!document) throw noDocument(input.Name)
  const version = await storage.documents.getVersion(caller.scope, document.name, versionChoice(input))
  const named = input.VersionName === undefined || version?.versionName === input.VersionName
  if (!version || !named) throw noVersion(document.name, input)
  return { document, version }
}

/** A number that was given decides; the name is then checked against it. */
export function versionChoice(input: {
  readonly DocumentVersion?: string
  readonly VersionName?: string
}): VersionChoice {
  if (input.DocumentVersion !== undefined) return input.DocumentVersion
  return input.VersionName === undefined ? '$DEFAULT' : { versionName: input.VersionName }
}

export function noDocument(name: string): InvalidDocument {
  return new InvalidDocument(`Document with name ${name} does not exist.`)
}

export function noVersion(
  name: string,
  input: { readonly DocumentVersion?: string; readonly VersionName?: string },
): InvalidDocumentVersion {
  const which = [input.DocumentVersion, input.VersionName].filter(part => part !== undefined).join(' named ')
  return new InvalidDocumentVersion(`Document ${name} has no version ${which || '$DEFAULT'}.`)
}

/** The name under which a document is written; throws InvalidDocument for an ARN of another account or region. */
export function ownName(scope: Scope, nameOrArn: string): string {
  const name = documentName(scope, nameOrArn)
  if (name === undefined) throw noDocument(nameOrArn)
  return name
}

export function unsupported(message: string): ServiceError {
  return new ServiceError('UnsupportedOperationException', message)
}
