import { Refusal } from '../../catalog/refusal.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, read, run, type Steps, write } from '../verb.ts'
import { policySize, requireIdentity, type StoredIdentity, type StoredTag } from './identities.ts'

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
  /** When its default version last became another; absent while it is as it was made. */
  readonly updatedAt?: Date
  /** The default version's number; absent while there is but the first. */
  readonly defaultVersion?: number
  /** The number that was given last: numbers are not given again. */
  readonly lastVersion?: number
  /** The default version's. */
  readonly document: string
}

/** One of at most five texts that a policy has; the default one counts. */
export interface StoredPolicyVersion {
  readonly version: number
  readonly createdAt: Date
  readonly document: string
}

const mostPolicies = 1500
const mostCharacters = 6144
const mostVersions = 5

function checkSize(document: string): void {
  if (policySize(document) <= mostCharacters) return
  throw new Refusal('LimitExceeded', `Cannot exceed quota for PolicySize: ${mostCharacters}`)
}

function* find(accountId: string, arn: string): Steps<StoredPolicy | undefined> {
  const row = yield* first(
    db.selectFrom('policies').select('data').where('account_id', '=', accountId).where('arn', '=', arn),
  )
  return row && fromJson<StoredPolicy>(row.data)
}

/** Refuses NotFound, in IAM's words. */
function* require(accountId: string, arn: string): Steps<StoredPolicy> {
  const policy = yield* find(accountId, arn)
  if (!policy) throw new Refusal('NotFound', `Policy ${arn} does not exist or is not attachable.`)
  return policy
}

function versionsOf(accountId: string, arn: string) {
  return db.selectFrom('policy_versions').where('account_id', '=', accountId).where('arn', '=', arn)
}

function* requireVersion(accountId: string, arn: string, version: number): Steps<StoredPolicyVersion> {
  const row = yield* first(versionsOf(accountId, arn).selectAll().where('version', '=', version))
  if (!row) throw new Refusal('NotFound', `Policy ${arn} version v${version} does not exist or is not attachable.`)
  return storedVersion(row)
}

function storedVersion(row: { version: number; created_at: number; document: string }): StoredPolicyVersion {
  return { version: Number(row.version), createdAt: new Date(Number(row.created_at)), document: row.document }
}

function* insertVersion(accountId: string, arn: string, { version, createdAt, document }: StoredPolicyVersion) {
  const values = { account_id: accountId, arn, version, created_at: createdAt.getTime(), document }
  yield* run(db.insertInto('policy_versions').values(values))
}

function* save(policy: StoredPolicy): Steps<void> {
  yield* run(
    db
      .updateTable('policies')
      .set({ document: policy.document, data: toJson(policy) })
      .where('account_id', '=', policy.accountId)
      .where('arn', '=', policy.arn),
  )
}

/** The identities that a policy bounds. */
function* boundedBy(accountId: string, arn: string): Steps<readonly StoredIdentity[]> {
  const rows = yield* all(
    db
      .selectFrom('identities')
      .select('data')
      .where('account_id', '=', accountId)
      .where('data', 'like', '%"permissionsBoundary"%'),
  )
  return rows.map(row => fromJson<StoredIdentity>(row.data)).filter(({ permissionsBoundary: is }) => is === arn)
}

/** How an account uses a policy. */
export interface PolicyUse {
  readonly attachments: number
  readonly boundaries: number
}

export const managedPolicies = {
  get: read(find),

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
    checkSize(document)
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
    yield* insertVersion(accountId, arn, { version: 1, createdAt: policy.createdAt, document })
  }),

  /** Changes what a policy says of itself. Refuses NotFound. */
  change: write(function* (accountId: string, arn: string, change: (policy: StoredPolicy) => StoredPolicy) {
    yield* save(change(yield* require(accountId, arn)))
  }),

  /** Refuses NotFound, and InUse while it is attached, a boundary, or has other versions than the default one. */
  delete: write(function* (accountId: string, arn: string) {
    yield* require(accountId, arn)
    const attached = yield* first(
      db
        .selectFrom('policy_attachments')
        .select('name')
        .where('account_id', '=', accountId)
        .where('policy_arn', '=', arn),
    )
    if (attached || (yield* boundedBy(accountId, arn)).length > 0) {
      throw new Refusal('InUse', 'Cannot delete a policy attached to entities.')
    }
    if ((yield* all(versionsOf(accountId, arn).select('version'))).length > 1) {
      throw new Refusal(
        'InUse',
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      )
    }
    yield* run(db.deleteFrom('policy_versions').where('account_id', '=', accountId).where('arn', '=', arn))
    yield* run(db.deleteFrom('policies').where('account_id', '=', accountId).where('arn', '=', arn))
  }),

  /** A policy's versions, newest first. Refuses NotFound. */
  versions: read(function* (accountId: string, arn: string) {
    yield* require(accountId, arn)
    const rows = yield* all(versionsOf(accountId, arn).selectAll().orderBy('version', 'desc'))
    return rows.map(storedVersion)
  }),

  /** Adds a version and answers it. Refuses NotFound, and LimitExceeded by size and by number. */
  addVersion: write(function* (accountId: string, arn: string, document: string, now: Date, isDefault: boolean) {
    const policy = yield* require(accountId, arn)
    checkSize(document)
    const there = yield* all(versionsOf(accountId, arn).select('version'))
    if (there.length >= mostVersions) {
      throw new Refusal(
        'LimitExceeded',
        `A managed policy can have up to ${mostVersions} versions. Before you create a new version, you must delete an existing version.`,
      )
    }
    const version = { version: (policy.lastVersion ?? 1) + 1, createdAt: now, document }
    yield* insertVersion(accountId, arn, version)
    const becomes = isDefault && { document, defaultVersion: version.version, updatedAt: now }
    yield* save({ ...policy, lastVersion: version.version, ...becomes })
    return version
  }),

  /** Refuses NotFound for the policy or the version. */
  setDefaultVersion: write(function* (accountId: string, arn: string, version: number, now: Date) {
    const policy = yield* require(accountId, arn)
    const { document } = yield* requireVersion(accountId, arn, version)
    yield* save({ ...policy, document, defaultVersion: version, updatedAt: now })
  }),

  /** Refuses NotFound for the policy or the version, and InUse for the default one. */
  deleteVersion: write(function* (accountId: string, arn: string, version: number) {
    const policy = yield* require(accountId, arn)
    yield* requireVersion(accountId, arn, version)
    if (version === (policy.defaultVersion ?? 1)) {
      throw new Refusal('InUse', 'Cannot delete the default version of a policy.')
    }
    yield* run(
      db
        .deleteFrom('policy_versions')
        .where('account_id', '=', accountId)
        .where('arn', '=', arn)
        .where('version', '=', version),
    )
  }),

  /** Who a policy, the account's or AWS's, is attached to or bounds in an account. */
  users: read(function* (accountId: string, arn: string) {
    const rows = yield* all(
      db
        .selectFrom('policy_attachments')
        .select(['kind', 'name'])
        .where('account_id', '=', accountId)
        .where('policy_arn', '=', arn),
    )
    const attached: StoredIdentity[] = []
    for (const { kind, name } of rows) attached.push(yield* requireIdentity(accountId, kind, name))
    return { attached, bounded: yield* boundedBy(accountId, arn) }
  }),
}
