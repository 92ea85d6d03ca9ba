import { Refusal } from '../../catalog/refusal.ts'
import { ServiceError } from '../../protocol/errors.ts'
import { noDocument, noVersion, ownName, versionChoice } from './document.ts'
import type { SsmOperation } from './operation.ts'

/**
 * Deletes a document, or the one version that is named. A service action that runs it does not prevent that, on AWS
 * neither: its executions fail from then on.
 */
export const deleteDocument: SsmOperation<'DeleteDocument', 'storage'> = async (input, caller, { storage }) => {
  const name = ownName(caller.scope, input.Name)
  try {
    if (input.DocumentVersion === undefined && input.VersionName === undefined) {
      await storage.documents.delete(caller.scope, name)
    } else if (!(await storage.documents.deleteVersion(caller.scope, name, versionChoice(input)))) {
      // DeleteDocument does not declare InvalidDocumentVersion.
      throw new ServiceError('InvalidDocumentOperation', noVersion(name, input).message)
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.reason === 'NotFound') throw noDocument(name)
    throw new ServiceError('InvalidDocumentOperation', error.message)
  }
  return {}
}
