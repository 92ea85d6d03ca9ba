import type { DocumentAttachment } from '../../catalog/documents.ts'
import type { AttachmentsSource } from '../../model/generated/ssm.ts'
import { InvalidDocumentContent, ValidationException } from '../../protocol/errors.ts'
import { AttachmentRefused, type Caller, type DocumentSummary, type Services } from '../operation.ts'
import { findVersion } from './document.ts'

/** Files of one document. */
const mostFiles = 20

interface Wanted {
  readonly name: string
  readonly path: string
}

/**
 * The files that came with a document, read and kept: `S3FileUrl` is one file, `SourceUrl` a folder with all files that the
 * document names, `AttachmentReference` one of another document (NAME/VERSION/FILE). Throws InvalidDocumentContent for a file
 * that is not as the document says, and ValidationException for a source that cannot be read.
 */
export async function takeAttachments(
  sources: readonly AttachmentsSource[] | undefined,
  { files }: Pick<DocumentSummary, 'files'>,
  caller: Caller,
  services: Pick<Services, 'attachments' | 'storage'>,
): Promise<readonly DocumentAttachment[]> {
  if (!sources?.length) return []
  const taken = new Map<string, DocumentAttachment>()
  for (const wanted of (await Promise.all(sources.map(source => filesOf(source, files, caller, services)))).flat()) {
    if (taken.has(wanted.name)) throw new ValidationException(`Attachment ${wanted.name} is given twice.`)
    if (taken.size === mostFiles) throw new ValidationException(`A document takes at most ${mostFiles} attachments.`)
    taken.set(wanted.name, await take(wanted, caller, services))
  }
  for (const { name, hash } of taken.values()) {
    const file = files.find(each => each.name === name)
    if (!file) throw new InvalidDocumentContent(`Attachment ${name} is not listed under files.`)
    if (file.sha256 !== undefined && file.sha256 !== hash) {
      throw new InvalidDocumentContent(
        `Attachment ${name} has the SHA-256 ${hash}, but the document says ${file.sha256}.`,
      )
    }
  }
  return [...taken.values()]
}

async function filesOf(
  { Key, Values = [], Name }: AttachmentsSource,
  files: DocumentSummary['files'],
  caller: Caller,
  services: Pick<Services, 'storage'>,
): Promise<readonly Wanted[]> {
  const [value, more] = Values
  if (value === undefined || more !== undefined) throw new ValidationException('An attachment has exactly one value.')
  switch (Key) {
    case 'SourceUrl':
      return files.map(({ name }) => ({ name, path: `${value.replace(/\/$/, '')}/${encodeURIComponent(name)}` }))
    case 'S3FileUrl':
      return [{ name: Name ?? lastPart(value), path: value }]
    case 'AttachmentReference':
      return [await referenced(value, Name, caller, services)]
    default:
      throw new ValidationException('An attachment has the Key SourceUrl, S3FileUrl or AttachmentReference.')
  }
}

function lastPart(path: string): string {
  return path
    .replace(/[?#].*$/, '')
    .split('/')
    .at(-1)!
}

async function referenced(
  value: string,
  name: string | undefined,
  caller: Caller,
  services: Pick<Services, 'storage'>,
): Promise<Wanted> {
  const [document, version, file] = value.split('/')
  if (!document || !version || !file) throw new ValidationException(`${value} is not of the form NAME/VERSION/FILE.`)
  const found = await findVersion(services, caller, { Name: document, DocumentVersion: version })
  const attachment = found.version.attachments?.find(each => each.name === file)
  if (!attachment)
    throw new ValidationException(`Document ${document} has no attachment ${file} in version ${version}.`)
  return { name: name ?? file, path: attachment.path }
}

async function take(
  { name, path }: Wanted,
  caller: Caller,
  services: Pick<Services, 'attachments'>,
): Promise<DocumentAttachment> {
  try {
    return { name, ...(await services.attachments.take(path, caller)) }
  } catch (error) {
    if (error instanceof AttachmentRefused) throw new ValidationException(`Attachment ${name}: ${error.message}`)
    throw error
  }
}
