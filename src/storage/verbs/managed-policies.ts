import { Refusal } from '../../catalog/refusal.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, read, run, write } from '../verb.ts'
import { policySize, type StoredTag } from './identities.ts'

/** A customer managed policy. AWS's own are data of the identity room; only their attachments are stored. */
export interface StoredPolicy {
  readonly accountId: string
  readonly name: string
  readonly id: string
  readonly path: string
  readonly arn: string
  readonly description?: string
  readonly tags: readonly StoredTag[]
  readonly createdAt: Date
  readonly document: string
}

const mostPolicies = 1500
const mostCharacters = 6144

/** How an account uses a policy. */
export interface PolicyUse {
  readonly attachments: number
  readonly boundaries: number
}

export const managedPolicies = {
  get: read(function* (accountId: string, arn: string) {
    const row = yield* first(
      db.selectFrom('policies').select('data').where('account_id', '=', accountId).where('arn', '=', arn),
    )
    return row && fromJson<StoredPolicy>(row.data)
  }),

  /** An account's, by name; at most as many as the quota allows. */
  list: read(function* (accountId: string) {
    const rows = yield* all(
      db.selectFrom('policies').select('data').where('account_id', '=', accountId).orderBy('name'),
    )
    return rows.map(row => fromJson<StoredPolicy>(row.data))
  }),

  /** How often each policy, AWS's too, is attached in the account, and is a boundary there; by ARN. */
  uses: read(function* (accountId: string) {
    const attached = yield* all(
      db
        .selectFrom('policy_attachments')
        .select(({ fn }) => ['policy_arn as arn', fn.countAll<number>().as('count')])
        .where('account_id', '=', accountId)
        .groupBy('policy_arn'),
    )
    const bounded = yield* all(
      db
        .selectFrom('identities')
        .select('data')
        .where('account_id', '=', accountId)
        .where('data', 'like', '%"permissionsBoundary"%'),
    )
    const uses = new Map<string, PolicyUse>()
    for (const { arn, count } of attached) uses.set(arn, { attachments: Number(count), boundaries: 0 })
    for (const { data } of bounded) {
      const arn = fromJson<{ permissionsBoundary?: string }>(data).permissionsBoundary
      if (arn === undefined) continue
      const { attachments, boundaries } = uses.get(arn) ?? { attachments: 0, boundaries: 0 }
      uses.set(arn, { attachments, boundaries: boundaries + 1 })
    }
    return uses
  }),

  /** Refuses Duplicate when the name is taken, in whichever case, and LimitExceeded. */
  create: write(function* (policy: StoredPolicy) {
    const { accountId, name, arn, path, document } = policy
    if (policySize(document) > mostCharacters) {
      throw new Refusal('LimitExceeded', `Cannot exceed quota for PolicySize: ${mostCharacters}`)
    }
    const folded = name.toLowerCase()
    const names = yield* all(db.selectFrom('policies').select('folded_name').where('account_id', '=', accountId))
    if (names.some(row => row.folded_name === folded)) {
      throw new Refusal('Duplicate', `A policy called ${name} already exists. Duplicate names are not allowed.`)
    }
    if (names.length >= mostPolicies) {
      throw new Refusal('LimitExceeded', `Cannot exceed quota for PoliciesPerAccount: ${mostPolicies}`)
    }
    yield* run(
      db.insertInto('policies').values({
        account_id: accountId,
        arn,
        name,
        folded_name: folded,
        path,
        created_at: policy.createdAt.getTime(),
        document,
        data: toJson(policy),
      }),
    )
  }),
}
