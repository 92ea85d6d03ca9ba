import type { AwsIdentity } from '../../aws/api.ts'
import type { ArtifactSource } from '../artifacts.ts'
import { ArtifactError, type EngineRequest } from '../engine.ts'
import { ArchiveError, type ArchiveFile, readArchive } from './archive.ts'
import { HclError } from './hcl.ts'
import { ModuleError } from './module.ts'

/** The files of an archive; all of them, or none. Throws ArchiveError. */
export async function archiveFiles(bytes: Uint8Array): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = []
  for await (const file of readArchive(bytes)) files.push(file)
  return files
}

/** The files of a request's artifact, fetched as whoever may launch the product. Throws ArtifactError and ArchiveError. */
export async function requestedFiles(
  artifacts: ArtifactSource,
  { artifact, accountId, region, launchRoleArn, token }: EngineRequest,
): Promise<ArchiveFile[]> {
  const reader: AwsIdentity = {
    accountId,
    region,
    sessionName: token,
    ...(launchRoleArn === undefined ? {} : { roleArn: launchRoleArn }),
  }
  return archiveFiles(await artifacts.fetch(artifact.path, reader))
}

/** Whether an error is about the artifact, and not a fault of ours; its message says what is wrong. */
export function isModuleProblem(error: unknown): error is Error {
  return (
    error instanceof ArtifactError ||
    error instanceof ArchiveError ||
    error instanceof HclError ||
    error instanceof ModuleError
  )
}
