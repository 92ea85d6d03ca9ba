import { Refusal } from '../../catalog/refusal.ts'
import { DocumentAlreadyExists, ServiceError, ValidationException } from '../../protocol/errors.ts'
import { describe, newVersion, unsupported } from './document.ts'
import type { SsmOperation } from './operation.ts'

/** Names that begin so are AWS's own (CreateDocument, API reference). */
const reserved = /^(aws|amazon|amzn)/i

/** Automation and Command documents; a call without DocumentType means the first. */
export const createDocument: SsmOperation<'CreateDocument', 'attachments' | 'storage' | 'documents' | 'clock'> = async (
  input,
  caller,
  services,
) => {
  const { DocumentType = 'Automation' } = input
  if (DocumentType !== 'Automation' && DocumentType !== 'Command') {
    throw unsupported(`Documents of type ${DocumentType} are not supported; only Automation and Command are.`)
  }
  if (reserved.test(input.Name)) {
    throw new ValidationException(`The name ${input.Name} begins with aws, amazon or amzn, which are reserved.`)
  }
  const version = { ...(await newVersion({ ...input, DocumentType }, caller, services)), version: '1' }
  const document = {
    scope: caller.scope,
    name: input.Name,
    createdAt: version.createdAt,
    displayName: input.DisplayName,
    defaultVersion: '1',
    latestVersion: '1',
    nextVersion: 2,
    tags: input.Tags ?? [],
  }
  try {
    await services.storage.documents.create(document, version)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.reason === 'Duplicate') throw new DocumentAlreadyExists(error.message)
    throw new ServiceError('DocumentLimitExceeded', error.message)
  }
  return { DocumentDescription: describe(document, version, 'Creating') }
}
