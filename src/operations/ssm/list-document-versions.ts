import { noDocument } from './document.ts'
import type { SsmOperation } from './operation.ts'
import { pageOf } from './paging.ts'

/** Newest first. */
export const listDocumentVersions: SsmOperation<'ListDocumentVersions', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const document = await storage.documents.get(caller.scope, input.Name)
  if (!document) throw noDocument(input.Name)
  const versions = await storage.documents.versions(caller.scope, document.name)
  const page = pageOf(versions, ({ version }) => [Number(version), ''], input, true)
  return {
    DocumentVersions: page.items.map(version => ({
      Name: document.name,
      DisplayName: version.displayName,
      DocumentVersion: version.version,
      VersionName: version.versionName,
      CreatedDate: version.createdAt,
      IsDefaultVersion: version.version === document.defaultVersion,
      DocumentFormat: version.format,
      Status: 'Active' as const,
    })),
    NextToken: page.token,
  }
}
