import type { Permissions } from '../identity/evaluate.ts'
import { managedPolicy } from '../identity/managed-policies.ts'
import { type Policy, parsePolicy } from '../identity/policy.ts'
import type { Principal } from '../identity/principal.ts'
import { federationKeys } from '../identity/web-identity.ts'
import { type Session, sessionArn } from '../operations/sts/session.ts'
import type { Storage } from '../storage/storage.ts'
import type { AppliedPolicy, IdentityWithPolicies } from '../storage/verbs/identities.ts'

/** Who a key or a session stands for, as storage knows them at this moment. */
export interface Principals {
  /** Undefined when there is no such user any more. */
  user(accountId: string, name: string): Promise<Principal | undefined>
  /** Undefined when the role is gone, or is another of the same name. */
  session(session: Session): Promise<Principal | undefined>
  /**
   * A user, a role or a session of one by ARN, without what only a session's token knows: its policies and tags. Undefined
   * when there is none in the account.
   */
  ofArn(accountId: string, arn: string): Promise<Principal | undefined>
}

/** The name of a session that stands for every session of a role. */
const anySession = 'any-session'

/** How many parsed documents are kept. */
const mostParsed = 1000

export function createPrincipals(storage: Storage): Principals {
  const parsed = new Map<string, Policy>()
  const permissions = new WeakMap<IdentityWithPolicies, Permissions>()

  /** A document is parsed once, as long as it is in use. */
  function parse(document: string): Policy {
    let policy = parsed.get(document)
    if (!policy) {
      policy = parsePolicy(document, 'identity')
      if (parsed.size >= mostParsed) parsed.clear()
      parsed.set(document, policy)
    }
    return policy
  }

  /** A policy that cannot be found may have been one that denies: without it nothing may be decided. */
  function policyOf({ source: name, document, holder }: AppliedPolicy): Policy {
    const policy = document === undefined ? managedPolicy(name)?.policy : parse(document)
    if (!policy) throw new Error(`The policy ${name} is attached, but is not there.`)
    return { ...policy, source: { name, ...(holder && { holder: `${holder.kind}/${holder.name}` }) } }
  }

  /** Of what storage remembers, made once. */
  function permissionsOf(found: IdentityWithPolicies): Permissions {
    const known = permissions.get(found)
    if (known) return known
    const { policies, boundary } = found
    const made = { identity: policies.map(policyOf), ...(boundary && { boundary: policyOf(boundary) }) }
    permissions.set(found, made)
    return made
  }

  async function user(accountId: string, name: string): Promise<Principal | undefined> {
    const found = await storage.identities.withPolicies(accountId, 'user', name)
    if (!found) return undefined
    const { arn, id, tags } = found.identity
    const { groupArns } = found
    return { accountId, arn, userId: id, userName: name, groupArns, tags, permissions: permissionsOf(found) }
  }

  /** A session of a role before what its token adds. */
  async function sessionOf(accountId: string, roleName: string, name: string) {
    const found = await storage.identities.withPolicies(accountId, 'role', roleName)
    if (!found) return undefined
    const { id, arn, tags } = found.identity
    const principal: Principal = {
      accountId,
      arn: sessionArn({ accountId, roleName, name }),
      userId: `${id}:${name}`,
      roleArn: arn,
      groupArns: [],
      tags,
      permissions: permissionsOf(found),
    }
    return { roleId: id, principal }
  }

  return {
    user,

    async session(session) {
      const { accountId, roleName, name, policy, policyArns = [] } = session
      const found = await sessionOf(accountId, roleName, name)
      if (!found || found.roleId !== session.roleId) return undefined
      const { principal } = found
      const narrowed: Policy[] =
        policy === undefined ? [] : [{ ...parse(policy), source: { name: 'Policy', holder: `session/${name}` } }]
      for (const source of policyArns) {
        const document = (await storage.managedPolicies.get(accountId, source))?.document
        narrowed.push(policyOf({ source, document }))
      }
      return {
        ...principal,
        sessionSince: new Date(session.issuedAt),
        ...(session.federation && { federationKeys: federationKeys(session.federation) }),
        // The session's own tags come last: they count where the role has the same key.
        tags: [...principal.tags, ...session.tags],
        permissions: { ...principal.permissions, ...(narrowed.length > 0 && { session: narrowed }) },
      }
    },

    async ofArn(accountId, arn) {
      const session = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/.exec(arn)
      if (session) {
        return session[1] === accountId ? (await sessionOf(accountId, session[2]!, session[3]!))?.principal : undefined
      }
      const [, account, kind, name] = /^arn:[^:]+:iam::(\d{12}):(user|role)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
      if (account !== accountId || name === undefined) return undefined
      const found =
        kind === 'user' ? await user(accountId, name) : (await sessionOf(accountId, name, anySession))?.principal
      // A path is part of the ARN.
      return (found?.roleArn ?? found?.arn) === arn ? found : undefined
    },
  }
}
