import { fromJson, toJson } from '../json.ts'
import { all, db, first, read, run, write } from '../verb.ts'

/** An access key as it is kept. The secret is kept as it is, since a signature can only be checked with it. */
export interface StoredAccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly status: 'Active' | 'Inactive'
  readonly createdAt: Date
  readonly identity: {
    readonly accountId: string
    readonly arn: string
    readonly userId: string
    readonly administrator: boolean
  }
}

export const accessKeys = {
  get: read(function* (accessKeyId: string) {
    const row = yield* first(db.selectFrom('access_keys').selectAll().where('access_key_id', '=', accessKeyId))
    if (!row) return undefined
    const data = fromJson<Omit<StoredAccessKey, 'accessKeyId' | 'secretAccessKey'>>(row.data)
    return { accessKeyId: row.access_key_id, secretAccessKey: row.secret, ...data } satisfies StoredAccessKey
  }),

  /** Ids of an account's keys. */
  list: read(function* (accountId: string) {
    const rows = yield* all(db.selectFrom('access_keys').select('access_key_id').where('account_id', '=', accountId))
    return rows.map(row => row.access_key_id)
  }),

  /** Makes a key, or replaces the secret of one that is there. */
  put: write(function* ({ accessKeyId, secretAccessKey, ...data }: StoredAccessKey) {
    const values = { account_id: data.identity.accountId, secret: secretAccessKey, data: toJson(data) }
    yield* run(
      db
        .insertInto('access_keys')
        .values({ access_key_id: accessKeyId, ...values })
        .onConflict(conflict => conflict.column('access_key_id').doUpdateSet(values)),
    )
  }),
}
