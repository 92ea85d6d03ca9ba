import { existsSync, readFileSync } from 'node:fs'
import type { Secrets } from '../operations/operation.ts'
import type { Storage } from '../storage/storage.ts'
import { accessKeyContext } from '../storage/verbs/access-keys.ts'
import { StartError } from './start-error.ts'

/** No access key can have this id: they hold no hyphens, the administrator's neither. */
const probeId = 'self-test'

interface Options {
  readonly storage: Storage
  readonly secrets: Secrets
  /** The database's file. */
  readonly databaseFile: string
  /** Secrets that were stored in plain text until just now. */
  readonly oldSecrets: readonly string[]
  readonly randomBytes: (size: number) => Uint8Array
}

/**
 * Proves that secrets are encrypted at rest, or throws StartError: writes a probe the way access keys are written and looks
 * for it in the bytes on disk, then opens what is stored of every key. An encryption that was silently off went unnoticed
 * for two releases elsewhere (Rundeck, CVE-2022-31044): so what counts is what lies in the file.
 */
export async function testSecrets({ storage, secrets, databaseFile, oldSecrets, randomBytes }: Options): Promise<void> {
  const plain = `probe-${Buffer.from(randomBytes(24)).toString('hex')}`
  const secret = secrets.seal(plain, accessKeyContext(probeId))
  await storage.accessKeys.put({
    accessKeyId: probeId,
    accountId: '',
    userName: '',
    secret,
    status: 'Inactive',
    createdAt: new Date(0),
  })
  // What was just committed lies in the write-ahead log, whole; the database itself may be large and is not read.
  const log = `${databaseFile}-wal`
  const bytes = existsSync(log) ? readFileSync(log) : readFileSync(databaseFile)
  await storage.accessKeys.forget(probeId)
  if (!bytes.includes(secret)) throw new StartError('The self-test of encryption did not find what it had written.')
  if (bytes.includes(plain)) throw new StartError('The self-test of encryption found a secret in plain text on disk.')
  if (opens(secrets, secret, accessKeyContext('AKIAANOTHER'))) {
    throw new StartError('The self-test of encryption opened a secret for another purpose than it was sealed for.')
  }
  if (oldSecrets.length > 0) {
    const everything = Buffer.concat([readFileSync(databaseFile), existsSync(log) ? readFileSync(log) : bytes])
    if (oldSecrets.some(old => everything.includes(old))) {
      throw new StartError('A secret that was stored in plain text before could not be removed from the disk.')
    }
  }
  for (const { accessKeyId, plain: left, sealed } of await storage.accessKeys.secrets()) {
    if (left !== '' || sealed === null) {
      throw new StartError(`The secret of access key ${accessKeyId} is stored in plain text.`)
    }
    if (!opens(secrets, sealed, accessKeyContext(accessKeyId))) {
      throw new StartError(
        `The secret of access key ${accessKeyId} cannot be decrypted: it was sealed with another key than the one in BELLHOP_SECRET_KEY or DIR/secret.key, or was changed.`,
      )
    }
  }
}

function opens(secrets: Secrets, sealed: string, context: string): boolean {
  try {
    secrets.open(sealed, context)
    return true
  } catch {
    return false
  }
}
