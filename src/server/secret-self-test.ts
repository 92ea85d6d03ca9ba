import type { Secrets } from '../operations/operation.ts'
import type { Storage } from '../storage/storage.ts'
import { accessKeyContext } from '../storage/verbs/access-keys.ts'
import { StartError } from './start-error.ts'

/** No access key can have such an id: they hold no hyphens, the administrator's neither. */
const probePrefix = 'self-test-'

interface Options {
  readonly storage: Storage
  readonly secrets: Secrets
  /** What lies on disk: all of it, or at least what was written last. */
  readonly atRest: (which: 'all' | 'last') => Promise<Buffer>
  /** Secrets that were stored in plain text until just now. */
  readonly oldSecrets: readonly string[]
  readonly randomBytes: (size: number) => Uint8Array
}

/**
 * Proves that secrets are encrypted at rest, or throws StartError: writes a probe the way access keys are written and looks
 * for it in the bytes on disk, then opens what is stored of every key. An encryption that was silently off went unnoticed
 * for two releases elsewhere (Rundeck, CVE-2022-31044): so what counts is what lies in the file.
 */
export async function testSecrets({ storage, secrets, atRest, oldSecrets, randomBytes }: Options): Promise<void> {
  const plain = `probe-${Buffer.from(randomBytes(24)).toString('hex')}`
  // One of its own: another node may be at the same test.
  const probeId = `${probePrefix}${Buffer.from(randomBytes(8)).toString('hex')}`
  const secret = secrets.seal(plain, accessKeyContext(probeId))
  await storage.accessKeys.put({
    accessKeyId: probeId,
    accountId: '',
    userName: '',
    secret,
    status: 'Inactive',
    createdAt: new Date(0),
  })
  const bytes = await atRest('last')
  await storage.accessKeys.forget(probeId)
  if (!bytes.includes(secret)) throw new StartError('The self-test of encryption did not find what it had written.')
  if (bytes.includes(plain)) throw new StartError('The self-test of encryption found a secret in plain text on disk.')
  if (opens(secrets, secret, accessKeyContext('AKIAANOTHER'))) {
    throw new StartError('The self-test of encryption opened a secret for another purpose than it was sealed for.')
  }
  if (oldSecrets.length > 0) {
    const everything = await atRest('all')
    if (oldSecrets.some(old => everything.includes(old))) {
      throw new StartError('A secret that was stored in plain text before could not be removed from the disk.')
    }
  }
  for (const { accessKeyId, plain: left, sealed } of await storage.accessKeys.secrets()) {
    if (accessKeyId.startsWith(probePrefix)) continue
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
