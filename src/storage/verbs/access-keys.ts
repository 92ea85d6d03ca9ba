import { Refusal } from '../../catalog/refusal.ts'
import { fromJson, toJson } from '../json.ts'
import { prepared } from '../prepared.ts'
import { all, db, first, read, run, type Steps, write } from '../verb.ts'
import { requireIdentity } from './identities.ts'

/** A secret that was encrypted for storage: nothing else is ever written (server/secret-box.ts makes them). */
export type SealedSecret = string & { readonly sealed: unique symbol }

/** An access key as it is kept. The secret must be kept so that it can be had again: a signature needs it. */
export interface StoredAccessKey {
  readonly accessKeyId: string
  readonly accountId: string
  readonly userName: string
  readonly secret: SealedSecret
  readonly status: 'Active' | 'Inactive'
  readonly createdAt: Date
}

/** An access key that an older version wrote, with its secret as it is. */
export interface UnsealedAccessKey {
  readonly accessKeyId: string
  readonly accountId: string
  readonly secretAccessKey: string
  readonly status: 'Active' | 'Inactive'
  readonly createdAt: Date
  /** The unique id of the user it belonged to. */
  readonly userId: string
}

/** What a key's secret is sealed for: the secret of one key cannot be passed off as another's. */
export function accessKeyContext(accessKeyId: string): string {
  return `access-key:${accessKeyId}`
}

/** IAM's quota (AccessKeysPerUser). */
const mostKeys = 2

function* put({ accessKeyId, accountId, userName, secret, status, createdAt }: StoredAccessKey): Steps<void> {
  const values = {
    account_id: accountId,
    user_name: userName,
    secret: '',
    sealed_secret: secret,
    data: toJson({ status, createdAt }),
  }
  yield* run(
    db
      .insertInto('access_keys')
      .values({ access_key_id: accessKeyId, ...values })
      .onConflict(conflict => conflict.column('access_key_id').doUpdateSet(values)),
  )
}

interface Row {
  readonly access_key_id: string
  readonly account_id: string
  readonly user_name: string
  readonly sealed_secret: string | null
  readonly data: string
}

function stored(row: Row): StoredAccessKey {
  const { status, createdAt } = fromJson<Pick<StoredAccessKey, 'status' | 'createdAt'>>(row.data)
  return {
    accessKeyId: row.access_key_id,
    accountId: row.account_id,
    userName: row.user_name,
    secret: (row.sealed_secret ?? '') as SealedSecret,
    status,
    createdAt,
  }
}

function* ofUser(accountId: string, userName: string): Steps<readonly StoredAccessKey[]> {
  const rows = yield* all(
    db
      .selectFrom('access_keys')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('user_name', '=', userName)
      .orderBy('access_key_id'),
  )
  return rows.map(stored)
}

/** The user's key of this id. Refuses NotFound. */
function* require(accountId: string, userName: string, accessKeyId: string): Steps<StoredAccessKey> {
  yield* requireIdentity(accountId, 'user', userName)
  const key = (yield* ofUser(accountId, userName)).find(each => each.accessKeyId === accessKeyId)
  if (!key) throw new Refusal('NotFound', `The Access Key with id ${accessKeyId} cannot be found.`)
  return key
}

const select = prepared(({ accessKeyId }: { accessKeyId: string }) =>
  db.selectFrom('access_keys').selectAll().where('access_key_id', '=', accessKeyId),
)

export const accessKeys = {
  get: read(function* (accessKeyId: string) {
    const row = yield* first(select({ accessKeyId }))
    return row && stored(row)
  }),

  /** Ids of an account's keys. */
  list: read(function* (accountId: string) {
    const rows = yield* all(db.selectFrom('access_keys').select('access_key_id').where('account_id', '=', accountId))
    return rows.map(row => row.access_key_id)
  }),

  /** A user's keys, by id. Refuses NotFound when there is no such user. */
  ofUser: read(function* (accountId: string, userName: string) {
    yield* requireIdentity(accountId, 'user', userName)
    return yield* ofUser(accountId, userName)
  }),

  /** Refuses NotFound when there is no such user, and LimitExceeded when they have two keys already. */
  create: write(function* (key: StoredAccessKey) {
    yield* requireIdentity(key.accountId, 'user', key.userName)
    const count = (yield* ofUser(key.accountId, key.userName)).length
    if (count >= mostKeys) throw new Refusal('LimitExceeded', `Cannot exceed quota for AccessKeysPerUser: ${mostKeys}`)
    yield* put(key)
  }),

  /** Makes a key, or replaces one that is there, whatever the quota says: for the administrator's, who starts the server. */
  put: write(put),

  /** Refuses NotFound. */
  setStatus: write(function* (
    accountId: string,
    userName: string,
    accessKeyId: string,
    status: StoredAccessKey['status'],
  ) {
    yield* put({ ...(yield* require(accountId, userName, accessKeyId)), status })
  }),

  /** Refuses NotFound. */
  delete: write(function* (accountId: string, userName: string, accessKeyId: string) {
    yield* require(accountId, userName, accessKeyId)
    yield* run(db.deleteFrom('access_keys').where('access_key_id', '=', accessKeyId))
  }),

  /** Keys that an older version left with their secrets as they are, of every account. */
  unsealed: read(function* () {
    const rows = yield* all(db.selectFrom('access_keys').selectAll().where('sealed_secret', 'is', null))
    return rows.map((row): UnsealedAccessKey => {
      const data = fromJson<{ status: 'Active' | 'Inactive'; createdAt: Date; identity: { userId: string } }>(row.data)
      return {
        accessKeyId: row.access_key_id,
        accountId: row.account_id,
        secretAccessKey: row.secret,
        status: data.status,
        createdAt: data.createdAt,
        userId: data.identity.userId,
      }
    })
  }),

  /** What is stored of every key's secret, for the start-up self-test. */
  secrets: read(function* () {
    const rows = yield* all(
      db.selectFrom('access_keys').select(['access_key_id', 'secret', 'sealed_secret']).orderBy('access_key_id'),
    )
    return rows.map(row => ({
      accessKeyId: row.access_key_id,
      plain: row.secret,
      sealed: row.sealed_secret as SealedSecret | null,
    }))
  }),

  /** Forgets a key by its id alone; nothing when it is not there. For the start-up self-test. */
  forget: write(function* (accessKeyId: string) {
    yield* run(db.deleteFrom('access_keys').where('access_key_id', '=', accessKeyId))
  }),
}
