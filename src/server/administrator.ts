import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { iamArn } from '../catalog/arns.ts'
import type { Ids } from '../catalog/ids.ts'
import { Refusal } from '../catalog/refusal.ts'
import { managedPolicies } from '../identity/managed-policies.ts'
import type { Secrets } from '../operations/operation.ts'
import type { Storage } from '../storage/storage.ts'
import { accessKeyContext } from '../storage/verbs/access-keys.ts'
import { StartError } from './start-error.ts'

const name = 'admin'
const policy = managedPolicies.find(each => each.name === 'AdministratorAccess')!

interface Surroundings {
  readonly storage: Storage
  readonly secrets: Secrets
  readonly ids: Ids
  readonly now: () => Date
}

interface Options extends Surroundings {
  readonly accountId: string
  readonly dataDirectory: string
  /** The name the key has in DIR/credentials: bellhop, and bellhop-ACCOUNT for further accounts. */
  readonly profile: string
  /** BELLHOP_ADMIN_ACCESS_KEY_ID and BELLHOP_ADMIN_SECRET_ACCESS_KEY. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Sees to it that the account has its administrator, the user `admin` with AdministratorAccess: at the first start with the
 * key from the environment or a generated one, later with the key from the environment if that is another. The key is
 * written for AWS's tools to DIR/credentials, readable by the server's user alone. Throws when only half a key is given.
 */
export async function ensureAdministrator(options: Options): Promise<void> {
  const { storage, secrets, ids, accountId, dataDirectory, profile, env, now } = options
  const accessKeyId = env['BELLHOP_ADMIN_ACCESS_KEY_ID']
  const secretAccessKey = env['BELLHOP_ADMIN_SECRET_ACCESS_KEY']
  if (!accessKeyId !== !secretAccessKey) {
    throw new StartError('Set both BELLHOP_ADMIN_ACCESS_KEY_ID and BELLHOP_ADMIN_SECRET_ACCESS_KEY, or neither.')
  }
  if (accessKeyId && !/^\w{3,128}$/.test(accessKeyId)) {
    throw new StartError('BELLHOP_ADMIN_ACCESS_KEY_ID must be 3 to 128 letters, digits or underscores.')
  }
  const existing = await storage.accessKeys.list(accountId)
  if (!accessKeyId && existing.length > 0) return
  const key = {
    accessKeyId: accessKeyId || ids.iam('accessKey'),
    secretAccessKey: secretAccessKey || ids.secretAccessKey(),
  }
  const known = await storage.accessKeys.get(key.accessKeyId)
  if (known && known.accountId !== accountId) {
    throw new StartError(`The administrator's access key belongs to account ${known.accountId}, not ${accountId}.`)
  }
  if (known && known.userName !== name) {
    throw new StartError(`The administrator's access key belongs to the user ${known.userName}.`)
  }
  await ensureUser(options, accountId, { first: existing.length === 0 })
  const context = accessKeyContext(key.accessKeyId)
  if (known?.status !== 'Active' || secrets.open(known.secret, context) !== key.secretAccessKey) {
    await storage.accessKeys.put({
      accessKeyId: key.accessKeyId,
      accountId,
      userName: name,
      secret: secrets.seal(key.secretAccessKey, context),
      status: 'Active',
      createdAt: new Date(Math.floor(now().getTime() / 1000) * 1000),
    })
  }
  writeCredentials(join(dataDirectory, 'credentials'), profile, key)
}

/**
 * Seals the secrets that an older version stored as they were, and makes the users whose keys they are: all of them
 * administrators then. Answers the secrets, which from now on may be nowhere on disk.
 */
export async function sealOldKeys(surroundings: Surroundings): Promise<readonly string[]> {
  const { storage, secrets } = surroundings
  const old = await storage.accessKeys.unsealed()
  for (const { accessKeyId, accountId, secretAccessKey, status, createdAt, userId } of old) {
    await ensureUser(surroundings, accountId, { first: true, userId })
    const secret = secrets.seal(secretAccessKey, accessKeyContext(accessKeyId))
    await storage.accessKeys.put({ accessKeyId, accountId, userName: name, secret, status, createdAt })
  }
  return old.map(key => key.secretAccessKey)
}

/**
 * Makes the user, with the policy. A user that is there keeps the policies that it has, but for the first key of all: then
 * a start that was cut short is finished.
 */
async function ensureUser(
  { storage, ids, now }: Surroundings,
  accountId: string,
  { first, userId }: { readonly first: boolean; readonly userId?: string },
): Promise<void> {
  try {
    await storage.identities.create({
      kind: 'user',
      accountId,
      name,
      id: userId ?? ids.iam('user'),
      path: '/',
      arn: iamArn(accountId, `user/${name}`),
      createdAt: new Date(Math.floor(now().getTime() / 1000) * 1000),
      tags: [],
    })
  } catch (error) {
    if (!(error instanceof Refusal && error.reason === 'Duplicate')) throw error
    if (!first) return
  }
  await storage.identities.attachPolicy(accountId, 'user', name, policy, now())
}

/** Writes one profile; what the file has of others stays. */
function writeCredentials(file: string, profile: string, key: { accessKeyId: string; secretAccessKey: string }): void {
  const section = `[${profile}]\naws_access_key_id = ${key.accessKeyId}\naws_secret_access_key = ${key.secretAccessKey}\n`
  const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
  // Sections begin with a line of their name in brackets.
  const sections = before.split(/^(?=\[)/m).filter(text => text !== '')
  const at = sections.findIndex(text => text.startsWith(`[${profile}]`))
  if (at < 0) sections.push(section)
  else sections[at] = section
  const text = sections.map(each => (each.endsWith('\n') ? each : `${each}\n`)).join('')
  if (text === before) return
  writeFileSync(file, text, { mode: 0o600 })
  // The mode above counts only for a new file.
  chmodSync(file, 0o600)
}
