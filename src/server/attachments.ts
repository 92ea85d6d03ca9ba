import { createHash } from 'node:crypto'
import type { Execution } from '../catalog/execution.ts'
import type { ArtifactSource } from '../engines/artifacts.ts'
import { ArtifactError } from '../engines/engine.ts'
import { AttachmentRefused, type AttachmentStore } from '../operations/operation.ts'
import type { Storage } from '../storage/storage.ts'
import type { ArtifactStore } from './artifacts/store.ts'

/** Takes files of documents in, read with the server's own credentials for the caller's account. */
export function createAttachmentStore(source: ArtifactSource, store: ArtifactStore): AttachmentStore {
  return {
    async take(path, { scope, arn }) {
      try {
        const content = await source.fetch(path, { ...scope, sessionName: 'bellhop-attachments' })
        const hash = createHash('sha256').update(content).digest('hex')
        return { path: await store.put(content, { accountId: scope.accountId, arn }), size: content.length, hash }
      } catch (error) {
        if (error instanceof ArtifactError) throw new AttachmentRefused(error.message, { cause: error })
        throw error
      }
    },
  }
}

/** The file of this name that came with the version of the document which the execution runs. */
export async function attachmentOf(
  execution: Execution,
  name: string,
  storage: Storage,
  store: ArtifactStore,
): Promise<Uint8Array | undefined> {
  const { document, scope } = execution
  const version = await storage.documents.getVersion(document.owner ?? scope, document.name, document.version)
  const attachment = version?.attachments?.find(each => each.name === name)
  return attachment && store.get(attachment.path)
}
