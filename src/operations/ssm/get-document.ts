import { parse, stringify } from 'yaml'
import type { DocumentVersion } from '../../catalog/documents.ts'
import type { DocumentFormat } from '../../model/generated/ssm.ts'
import { findVersion, typeOf, unsupported } from './document.ts'
import type { SsmOperation } from './operation.ts'

/** The content as it was written, or in the other format when that is asked for. */
export const getDocument: SsmOperation<'GetDocument', 'storage'> = async (input, caller, services) => {
  const { document, version } = await findVersion(services, caller, input)
  const format = input.DocumentFormat ?? version.format
  return {
    Name: document.name,
    CreatedDate: version.createdAt,
    DisplayName: document.displayName,
    VersionName: version.versionName,
    DocumentVersion: version.version,
    Status: 'Active',
    Content: contentAs(version, format),
    DocumentType: typeOf(version),
    DocumentFormat: format,
    AttachmentsContent: version.attachments?.map(({ name, size, hash }) => ({
      Name: name,
      Size: size,
      Hash: hash,
      HashType: 'Sha256',
    })),
  }
}

function contentAs({ content, format: written }: DocumentVersion, format: DocumentFormat): string {
  if (format === written) return content
  if (format === 'TEXT') throw unsupported('Automation documents are given as JSON or YAML, not as TEXT.')
  return format === 'JSON' ? JSON.stringify(parse(content), undefined, 2) : stringify(JSON.parse(content))
}
