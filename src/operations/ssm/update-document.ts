import type { DocumentVersion } from '../../catalog/documents.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { InvalidDocumentVersion, ServiceError } from '../../protocol/errors.ts'
import { describe, findVersion, newVersion, typeOf } from './document.ts'
import type { SsmOperation } from './operation.ts'

/** Adds a version. DocumentVersion, where it is given, must be the latest one (UpdateDocument, API reference). */
export const updateDocument: SsmOperation<'UpdateDocument', 'attachments' | 'storage' | 'documents' | 'clock'> = async (
  input,
  caller,
  services,
) => {
  const { document, version: latest } = await findVersion(services, caller, {
    Name: input.Name,
    DocumentVersion: '$LATEST',
  })
  if (input.DocumentVersion !== undefined && !['$LATEST', latest.version].includes(input.DocumentVersion)) {
    throw new InvalidDocumentVersion(
      `Only the latest version of document ${document.name}, ${latest.version}, can be updated.`,
    )
  }
  const made = await newVersion(
    {
      ...input,
      Name: document.name,
      DocumentType: typeOf(latest),
      TargetType: input.TargetType ?? latest.targetType,
    },
    caller,
    services,
  )
  const hashes = ({ attachments = [] }: Pick<DocumentVersion, 'attachments'>) =>
    attachments.map(({ hash }) => hash).join()
  const same = made.hash === latest.hash && made.targetType === latest.targetType && hashes(made) === hashes(latest)
  if (same) {
    throw new ServiceError(
      'DuplicateDocumentContent',
      'The content of the document is the same as that of its latest version.',
    )
  }
  try {
    const updated = await services.storage.documents.addVersion(caller.scope, document.name, latest.version, made)
    return { DocumentDescription: describe(updated.document, updated.version, 'Updating') }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new ServiceError(errorCodes[error.reason] ?? 'InternalServerError', error.message)
  }
}

const errorCodes: Readonly<Partial<Record<Refusal['reason'], string>>> = {
  NotFound: 'InvalidDocument',
  InvalidState: 'InvalidDocumentVersion',
  Duplicate: 'DuplicateDocumentVersionName',
  LimitExceeded: 'DocumentVersionLimitExceeded',
}
