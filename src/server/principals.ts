import { managedPolicy } from '../identity/managed-policies.ts'
import { type Policy, parsePolicy } from '../identity/policy.ts'
import type { Principal } from '../identity/principal.ts'
import { type Session, sessionArn } from '../operations/sts/session.ts'
import type { Storage } from '../storage/storage.ts'
import type { AppliedPolicy, IdentityWithPolicies } from '../storage/verbs/identities.ts'

/** Who a key or a session stands for, as storage knows them at this moment. */
export interface Principals {
  /** Undefined when there is no such user any more. */
  user(accountId: string, name: string): Promise<Principal | undefined>
  /** Undefined when the role is gone, or is another of the same name. */
  session(session: Session): Promise<Principal | undefined>
}

/** How many parsed documents are kept. */
const mostParsed = 1000

export function createPrincipals(storage: Storage): Principals {
  const parsed = new Map<string, Policy>()

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
  function policyOf({ source, document }: AppliedPolicy): Policy {
    if (document !== undefined) return parse(document)
    const policy = managedPolicy(source)?.policy
    if (!policy) throw new Error(`The policy ${source} is attached, but is not there.`)
    return policy
  }

  function permissions({ policies, boundary }: IdentityWithPolicies) {
    return { identity: policies.map(policyOf), ...(boundary && { boundary: policyOf(boundary) }) }
  }

  return {
    async user(accountId, name) {
      const found = await storage.identities.withPolicies(accountId, 'user', name)
      if (!found) return undefined
      const { arn, id, tags } = found.identity
      const { groupArns } = found
      return { accountId, arn, userId: id, userName: name, groupArns, tags, permissions: permissions(found) }
    },

    async session(session) {
      const { accountId, roleName, name, policy, policyArns = [] } = session
      const found = await storage.identities.withPolicies(accountId, 'role', roleName)
      if (!found || found.identity.id !== session.roleId) return undefined
      const narrowed: Policy[] = policy === undefined ? [] : [parse(policy)]
      for (const source of policyArns) {
        const document = (await storage.managedPolicies.get(accountId, source))?.document
        narrowed.push(policyOf({ source, document }))
      }
      const { id, arn, tags } = found.identity
      return {
        accountId,
        arn: sessionArn(session),
        userId: `${id}:${name}`,
        roleArn: arn,
        groupArns: [],
        sessionSince: new Date(session.issuedAt),
        // The session's own tags come last: they count where the role has the same key.
        tags: [...tags, ...session.tags],
        permissions: { ...permissions(found), ...(narrowed.length > 0 && { session: narrowed }) },
      }
    },
  }
}
