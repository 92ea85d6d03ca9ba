import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { iamArn } from '../catalog/arns.ts'
import type { Storage } from '../storage/storage.ts'

/** AWS's own alphabet for access key ids and unique ids. */
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

interface Options {
  readonly storage: Storage
  readonly accountId: string
  readonly dataDirectory: string
  /** BELLHOP_ADMIN_ACCESS_KEY_ID and BELLHOP_ADMIN_SECRET_ACCESS_KEY. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => Date
  readonly randomBytes: (size: number) => Uint8Array
}

/**
 * Sees to it that the account has its administrator: at the first start with the key from the environment or a generated
 * one, later with the key from the environment if that is another. The key is written for AWS's tools to
 * DIR/credentials, profile [bellhop], readable by the server's user alone. Throws when only half a key is given.
 */
export async function ensureAdministrator({
  storage,
  accountId,
  dataDirectory,
  env,
  now,
  randomBytes,
}: Options): Promise<void> {
  const accessKeyId = env['BELLHOP_ADMIN_ACCESS_KEY_ID']
  const secretAccessKey = env['BELLHOP_ADMIN_SECRET_ACCESS_KEY']
  if (!accessKeyId !== !secretAccessKey) {
    throw new Error('Set both BELLHOP_ADMIN_ACCESS_KEY_ID and BELLHOP_ADMIN_SECRET_ACCESS_KEY, or neither.')
  }
  if (accessKeyId && !/^\w{3,128}$/.test(accessKeyId)) {
    throw new Error('BELLHOP_ADMIN_ACCESS_KEY_ID must be 3 to 128 letters, digits or underscores.')
  }
  const existing = await storage.accessKeys.list(accountId)
  if (!accessKeyId && existing.length > 0) return
  const random = (length: number) => Array.from(randomBytes(length), byte => base32[byte & 31]).join('')
  const key = {
    accessKeyId: accessKeyId ?? `AKIA${random(16)}`,
    secretAccessKey: secretAccessKey ?? Buffer.from(randomBytes(30)).toString('base64'),
  }
  const known = await storage.accessKeys.get(key.accessKeyId)
  if (known && known.identity.accountId !== accountId) {
    throw new Error(`The administrator's access key belongs to account ${known.identity.accountId}, not ${accountId}.`)
  }
  if (known?.secretAccessKey !== key.secretAccessKey) {
    await storage.accessKeys.put({
      ...key,
      status: 'Active',
      createdAt: now(),
      identity: {
        accountId,
        arn: iamArn(accountId, 'user/admin'),
        userId: known?.identity.userId ?? `AIDA${random(16)}`,
        administrator: true,
      },
    })
  }
  writeCredentials(join(dataDirectory, 'credentials'), key)
}

function writeCredentials(file: string, key: { accessKeyId: string; secretAccessKey: string }): void {
  const text = `[bellhop]\naws_access_key_id = ${key.accessKeyId}\naws_secret_access_key = ${key.secretAccessKey}\n`
  try {
    if (readFileSync(file, 'utf8') === text) return
  } catch {
    // Not there yet.
  }
  writeFileSync(file, text, { mode: 0o600 })
  // The mode above counts only for a new file.
  chmodSync(file, 0o600)
}
