import { Refusal } from '../../catalog/refusal.ts'
import { noDocument, noVersion, ownName } from './document.ts'
import type { SsmOperation } from './operation.ts'

export const updateDocumentDefaultVersion: SsmOperation<'UpdateDocumentDefaultVersion', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const name = ownName(caller.scope, input.Name)
  try {
    const version = await storage.documents.setDefaultVersion(caller.scope, name, input.DocumentVersion)
    if (!version) throw noVersion(name, input)
    return {
      Description: { Name: name, DefaultVersion: version.version, DefaultVersionName: version.versionName },
    }
  } catch (error) {
    if (error instanceof Refusal) throw noDocument(name)
    throw error
  }
}
