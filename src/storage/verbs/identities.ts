import { Refusal } from '../../catalog/refusal.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, read, run, type Steps, write } from '../verb.ts'

/**
 * Users, groups and roles. IAM is global: an identity belongs to an account and to no region, so these verbs take an
 * account where those of the catalog take a scope.
 */
export type IdentityKind = 'user' | 'group' | 'role'

export interface StoredTag {
  readonly Key: string
  readonly Value: string
}

export interface StoredIdentity {
  readonly kind: IdentityKind
  readonly accountId: string
  readonly name: string
  /** The unique id: AIDA..., AGPA..., AROA...; a name that is given again gets another. */
  readonly id: string
  /** Begins and ends with a slash. */
  readonly path: string
  readonly arn: string
  readonly createdAt: Date
  readonly tags: readonly StoredTag[]
  readonly permissionsBoundary?: string
  /** Of a role. */
  readonly trustPolicy?: string
  readonly description?: string
  /** Seconds, of a role. */
  readonly maxSessionDuration?: number
}

/** A policy that bears on an identity: one attached, whose document is absent when it is AWS-managed, or an inline one. */
export interface AppliedPolicy {
  /** An ARN, or the name of an inline policy. */
  readonly source: string
  readonly document?: string
  /** Whose it is: a user or role itself, or a group of theirs. Absent for a boundary. */
  readonly holder?: { readonly kind: IdentityKind; readonly name: string }
}

/** An identity with all policies that bear on it, its groups' included. */
export interface IdentityWithPolicies {
  readonly identity: StoredIdentity
  /** Of the groups that a user is in. */
  readonly groupArns: readonly string[]
  readonly policies: readonly AppliedPolicy[]
  /** The permissions boundary's; its document is absent when it is AWS-managed. */
  readonly boundary?: AppliedPolicy
}

/** Quotas of IAM (user guide, IAM and STS quotas), by the name the error text gives them. */
const most = {
  user: ['UsersPerAccount', 5000],
  group: ['GroupsPerAccount', 300],
  role: ['RolesPerAccount', 1000],
} as const
const groupsPerUser = 10
const attachedPolicies = 10
const mostCharacters: Readonly<Record<IdentityKind, number>> = { user: 2048, group: 5120, role: 10240 }

/** What is counted of a policy: white space is free. */
export function policySize(document: string): number {
  return document.replaceAll(/\s/g, '').length
}

function* find(accountId: string, kind: IdentityKind, name: string): Steps<StoredIdentity | undefined> {
  const row = yield* first(
    db
      .selectFrom('identities')
      .select('data')
      .where('account_id', '=', accountId)
      .where('kind', '=', kind)
      .where('name', '=', name),
  )
  return row && fromJson<StoredIdentity>(row.data)
}

/** The identity of this name. Refuses NotFound, in IAM's words. */
export function* requireIdentity(accountId: string, kind: IdentityKind, name: string): Steps<StoredIdentity> {
  const found = yield* find(accountId, kind, name)
  if (!found) throw new Refusal('NotFound', `The ${kind} with name ${name} cannot be found.`)
  return found
}

export function capitalised(kind: IdentityKind): string {
  return kind[0]!.toUpperCase() + kind.slice(1)
}

/** One page by name: at most `size`, from after a name. */
export interface NamePage {
  readonly size: number
  readonly after?: string
}

export interface Named<T> {
  readonly items: readonly T[]
  /** Present when more follow: the name of the last item. */
  readonly last?: string
}

/** Cuts a page from rows that were read with one more than it holds. */
export function namedPage<R extends { name: string }, T>(
  rows: readonly R[],
  { size }: NamePage,
  item: (row: R) => T,
): Named<T> {
  const items = rows.slice(0, size).map(item)
  return rows.length > size ? { items, last: rows[size - 1]!.name } : { items }
}

function attachmentsOf(accountId: string, kind: IdentityKind, name: string) {
  return db
    .selectFrom('policy_attachments')
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where('name', '=', name)
}

function inlineOf(accountId: string, kind: IdentityKind, name: string) {
  return db
    .selectFrom('inline_policies')
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where('name', '=', name)
}

function keysOf(accountId: string, userName: string) {
  return db
    .selectFrom('access_keys')
    .select('access_key_id')
    .where('account_id', '=', accountId)
    .where('user_name', '=', userName)
}

const memberColumn = { user: 'user_name', group: 'group_name' } as const

function membershipsOf(accountId: string, kind: 'user' | 'group', name: string) {
  return db.selectFrom('group_members').where('account_id', '=', accountId).where(memberColumn[kind], '=', name)
}

function* groupsOf(accountId: string, userName: string): Steps<readonly string[]> {
  const rows = yield* all(
    db
      .selectFrom('group_members')
      .select('group_name')
      .where('account_id', '=', accountId)
      .where('user_name', '=', userName),
  )
  return rows.map(row => row.group_name)
}

function* policiesOf(accountId: string, kind: IdentityKind, names: readonly string[]): Steps<readonly AppliedPolicy[]> {
  if (names.length === 0) return []
  const attached = yield* all(
    db
      .selectFrom('policy_attachments')
      .leftJoin('policies', join =>
        join
          .onRef('policies.account_id', '=', 'policy_attachments.account_id')
          .onRef('policies.arn', '=', 'policy_attachments.policy_arn'),
      )
      .select([
        'policy_attachments.policy_arn as source',
        'policy_attachments.name as holder',
        'policies.document as document',
      ])
      .where('policy_attachments.account_id', '=', accountId)
      .where('policy_attachments.kind', '=', kind)
      .where('policy_attachments.name', 'in', names),
  )
  const inline = yield* all(
    db
      .selectFrom('inline_policies')
      .select(['policy_name as source', 'name as holder', 'document'])
      .where('account_id', '=', accountId)
      .where('kind', '=', kind)
      .where('name', 'in', names),
  )
  return [...attached, ...inline].map(({ source, holder, document }) => ({
    source,
    holder: { kind, name: holder },
    ...(document !== null && { document }),
  }))
}

function* appliedPolicy(accountId: string, arn: string): Steps<AppliedPolicy> {
  const row = yield* first(
    db.selectFrom('policies').select('document').where('account_id', '=', accountId).where('arn', '=', arn),
  )
  return { source: arn, ...(row && { document: row.document }) }
}

export const identities = {
  get: read(find),

  /** A user with the policies of their own and of their groups, or a role with its own. */
  withPolicies: read(function* (accountId: string, kind: 'user' | 'role', name: string) {
    const identity = yield* find(accountId, kind, name)
    if (!identity) return undefined
    const own = yield* policiesOf(accountId, kind, [name])
    const groups = kind === 'user' ? yield* groupsOf(accountId, name) : []
    const groupArns: string[] = []
    for (const group of groups) groupArns.push((yield* requireIdentity(accountId, 'group', group)).arn)
    const boundary = identity.permissionsBoundary
    return {
      identity,
      groupArns,
      policies: [...own, ...(yield* policiesOf(accountId, 'group', groups))],
      ...(boundary !== undefined && { boundary: yield* appliedPolicy(accountId, boundary) }),
    } satisfies IdentityWithPolicies
  }),

  /** By name, those whose path begins with `pathPrefix`. */
  list: read(function* (accountId: string, kind: IdentityKind, pathPrefix: string, page: NamePage) {
    const rows = yield* all(
      db
        .selectFrom('identities')
        .select(['name', 'data'])
        .where('account_id', '=', accountId)
        .where('kind', '=', kind)
        .$if(pathPrefix !== '/', query =>
          query.where(({ eb, fn, val }) => eb(fn('substr', ['path', val(1), val(pathPrefix.length)]), '=', pathPrefix)),
        )
        .$if(page.after !== undefined, query => query.where('name', '>', page.after!))
        .orderBy('name')
        .limit(page.size + 1),
    )
    return namedPage(rows, page, row => fromJson<StoredIdentity>(row.data))
  }),

  /** Refuses Duplicate when the name is taken, in whichever case, and LimitExceeded. */
  create: write(function* (identity: StoredIdentity) {
    const { accountId, kind, name } = identity
    const folded = name.toLowerCase()
    const taken = yield* first(
      db
        .selectFrom('identities')
        .select('name')
        .where('account_id', '=', accountId)
        .where('kind', '=', kind)
        .where('folded_name', '=', folded),
    )
    if (taken) throw new Refusal('Duplicate', `${capitalised(kind)} with name ${name} already exists.`)
    const counted = yield* first(
      db
        .selectFrom('identities')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('account_id', '=', accountId)
        .where('kind', '=', kind),
    )
    const [quota, limit] = most[kind]
    if (Number(counted?.count ?? 0) >= limit) {
      throw new Refusal('LimitExceeded', `Cannot exceed quota for ${quota}: ${limit}`)
    }
    yield* run(
      db.insertInto('identities').values({
        account_id: accountId,
        kind,
        name,
        folded_name: folded,
        id: identity.id,
        path: identity.path,
        created_at: identity.createdAt.getTime(),
        data: toJson(identity),
      }),
    )
  }),

  /** Deletes an identity. Refuses NotFound, and InUse while it has access keys, policies or memberships. */
  delete: write(function* (accountId: string, kind: IdentityKind, name: string) {
    yield* requireIdentity(accountId, kind, name)
    if (kind === 'user' && (yield* first(keysOf(accountId, name)))) {
      throw new Refusal('InUse', 'Cannot delete entity, must delete access keys first.')
    }
    if (yield* first(attachmentsOf(accountId, kind, name).select('policy_arn'))) {
      throw new Refusal('InUse', 'Cannot delete entity, must detach all policies first.')
    }
    if (yield* first(inlineOf(accountId, kind, name).select('policy_name'))) {
      throw new Refusal('InUse', 'Cannot delete entity, must delete policies first.')
    }
    if (kind !== 'role' && (yield* first(membershipsOf(accountId, kind, name).select('user_name')))) {
      throw new Refusal('InUse', 'Cannot delete entity, must remove users from group first.')
    }
    yield* run(
      db.deleteFrom('identities').where('account_id', '=', accountId).where('kind', '=', kind).where('name', '=', name),
    )
  }),

  /** Changes what an identity says of itself, not its name or path. Refuses NotFound. */
  change: write(function* (
    accountId: string,
    kind: IdentityKind,
    name: string,
    change: (identity: StoredIdentity) => StoredIdentity,
  ) {
    const changed = change(yield* requireIdentity(accountId, kind, name))
    yield* run(
      db
        .updateTable('identities')
        .set({ data: toJson(changed) })
        .where('account_id', '=', accountId)
        .where('kind', '=', kind)
        .where('name', '=', name),
    )
    return changed
  }),

  /**
   * Gives a user or a group another name or path, with all that is theirs; `arn` is the ARN that comes of it. Refuses
   * NotFound, and Duplicate when another has the name, in whichever case.
   */
  rename: write(function* (
    accountId: string,
    kind: 'user' | 'group',
    name: string,
    to: { readonly name: string; readonly path: string; readonly arn: string },
  ) {
    const identity = yield* requireIdentity(accountId, kind, name)
    const folded = to.name.toLowerCase()
    const taken = yield* first(
      db
        .selectFrom('identities')
        .select('name')
        .where('account_id', '=', accountId)
        .where('kind', '=', kind)
        .where('folded_name', '=', folded)
        .where('name', '<>', name),
    )
    if (taken) throw new Refusal('Duplicate', `${capitalised(kind)} with name ${to.name} already exists.`)
    const data = toJson({ ...identity, ...to })
    const named = { name: to.name }
    yield* run(
      db
        .updateTable('identities')
        .set({ ...named, folded_name: folded, path: to.path, data })
        .where('account_id', '=', accountId)
        .where('kind', '=', kind)
        .where('name', '=', name),
    )
    if (to.name === name) return
    for (const table of ['policy_attachments', 'inline_policies'] as const) {
      yield* run(
        db
          .updateTable(table)
          .set(named)
          .where('account_id', '=', accountId)
          .where('kind', '=', kind)
          .where('name', '=', name),
      )
    }
    const member = memberColumn[kind]
    yield* run(
      db
        .updateTable('group_members')
        .set({ [member]: to.name })
        .where('account_id', '=', accountId)
        .where(member, '=', name),
    )
    if (kind === 'group') return
    yield* run(
      db
        .updateTable('access_keys')
        .set({ user_name: to.name })
        .where('account_id', '=', accountId)
        .where('user_name', '=', name),
    )
  }),

  /** Users of a group, or groups of a user, by name. Refuses NotFound. */
  memberships: read(function* (accountId: string, kind: 'user' | 'group', name: string) {
    yield* requireIdentity(accountId, kind, name)
    const other = kind === 'user' ? 'group' : 'user'
    const rows = yield* all(membershipsOf(accountId, kind, name).select(`${memberColumn[other]} as name`))
    const found: StoredIdentity[] = []
    for (const row of rows) found.push(yield* requireIdentity(accountId, other, row.name))
    return found
  }),

  /** Nothing happens when the user is not in the group. Refuses NotFound for the group or the user. */
  removeFromGroup: write(function* (accountId: string, groupName: string, userName: string) {
    yield* requireIdentity(accountId, 'group', groupName)
    yield* requireIdentity(accountId, 'user', userName)
    yield* run(
      db
        .deleteFrom('group_members')
        .where('account_id', '=', accountId)
        .where('group_name', '=', groupName)
        .where('user_name', '=', userName),
    )
  }),

  /** Nothing happens when the user is in the group already. Refuses NotFound and LimitExceeded. */
  addToGroup: write(function* (accountId: string, groupName: string, userName: string, now: Date) {
    yield* requireIdentity(accountId, 'group', groupName)
    yield* requireIdentity(accountId, 'user', userName)
    const groups = yield* groupsOf(accountId, userName)
    if (groups.includes(groupName)) return
    if (groups.length >= groupsPerUser) {
      throw new Refusal('LimitExceeded', `Cannot exceed quota for GroupsPerUser: ${groupsPerUser}`)
    }
    yield* run(
      db.insertInto('group_members').values({
        account_id: accountId,
        group_name: groupName,
        user_name: userName,
        created_at: now.getTime(),
      }),
    )
  }),

  /** Nothing happens when the policy is attached already. Refuses NotFound for the identity, and LimitExceeded. */
  attachPolicy: write(function* (
    accountId: string,
    kind: IdentityKind,
    name: string,
    policy: { readonly name: string; readonly arn: string },
    now: Date,
  ) {
    yield* requireIdentity(accountId, kind, name)
    const attached = yield* all(attachmentsOf(accountId, kind, name).select('policy_arn'))
    if (attached.some(row => row.policy_arn === policy.arn)) return
    if (attached.length >= attachedPolicies) {
      throw new Refusal('LimitExceeded', `Cannot exceed quota for PoliciesPer${capitalised(kind)}: ${attachedPolicies}`)
    }
    yield* run(
      db.insertInto('policy_attachments').values({
        account_id: accountId,
        kind,
        name,
        policy_name: policy.name,
        policy_arn: policy.arn,
        created_at: now.getTime(),
      }),
    )
  }),

  /** Refuses NotFound, also when the policy is not attached. */
  detachPolicy: write(function* (accountId: string, kind: IdentityKind, name: string, policyArn: string) {
    yield* requireIdentity(accountId, kind, name)
    if (!(yield* first(attachmentsOf(accountId, kind, name).select('name').where('policy_arn', '=', policyArn)))) {
      throw new Refusal('NotFound', `Policy ${policyArn} was not found.`)
    }
    yield* run(
      db
        .deleteFrom('policy_attachments')
        .where('account_id', '=', accountId)
        .where('kind', '=', kind)
        .where('name', '=', name)
        .where('policy_arn', '=', policyArn),
    )
  }),

  /** What is attached. Refuses NotFound. */
  attachedPolicies: read(function* (accountId: string, kind: IdentityKind, name: string) {
    yield* requireIdentity(accountId, kind, name)
    const rows = yield* all(
      attachmentsOf(accountId, kind, name).select(['policy_name', 'policy_arn']).orderBy('policy_arn'),
    )
    return rows.map(row => ({ name: row.policy_name, arn: row.policy_arn }))
  }),

  /** Makes or replaces an inline policy. Refuses NotFound, and LimitExceeded by the size of all of them together. */
  putPolicy: write(function* (
    accountId: string,
    kind: IdentityKind,
    name: string,
    policyName: string,
    document: string,
    now: Date,
  ) {
    yield* requireIdentity(accountId, kind, name)
    const there = yield* all(inlineOf(accountId, kind, name).select(['policy_name', 'document']))
    const others = there.filter(row => row.policy_name !== policyName)
    const size = [...others.map(row => row.document), document].reduce((sum, text) => sum + policySize(text), 0)
    if (size > mostCharacters[kind]) {
      throw new Refusal(
        'LimitExceeded',
        `Maximum policy size of ${mostCharacters[kind]} bytes exceeded for ${kind} ${name}`,
      )
    }
    const values = { document, created_at: now.getTime() }
    yield* run(
      db
        .insertInto('inline_policies')
        .values({ account_id: accountId, kind, name, policy_name: policyName, ...values })
        .onConflict(conflict => conflict.columns(['account_id', 'kind', 'name', 'policy_name']).doUpdateSet(values)),
    )
  }),

  /** The names of an identity's inline policies. Refuses NotFound. */
  inlinePolicies: read(function* (accountId: string, kind: IdentityKind, name: string) {
    yield* requireIdentity(accountId, kind, name)
    const rows = yield* all(inlineOf(accountId, kind, name).select('policy_name'))
    return rows.map(row => row.policy_name)
  }),

  /** An inline policy's document. Refuses NotFound. */
  inlinePolicy: read(function* (accountId: string, kind: IdentityKind, name: string, policyName: string) {
    yield* requireIdentity(accountId, kind, name)
    const row = yield* first(inlineOf(accountId, kind, name).select('document').where('policy_name', '=', policyName))
    if (!row) throw new Refusal('NotFound', `The ${kind} policy with name ${policyName} cannot be found.`)
    return row.document
  }),

  /** Refuses NotFound. */
  deletePolicy: write(function* (accountId: string, kind: IdentityKind, name: string, policyName: string) {
    yield* requireIdentity(accountId, kind, name)
    if (!(yield* first(inlineOf(accountId, kind, name).select('name').where('policy_name', '=', policyName)))) {
      throw new Refusal('NotFound', `The ${kind} policy with name ${policyName} cannot be found.`)
    }
    yield* run(
      db
        .deleteFrom('inline_policies')
        .where('account_id', '=', accountId)
        .where('kind', '=', kind)
        .where('name', '=', name)
        .where('policy_name', '=', policyName),
    )
  }),
}
