import { trusts } from '../../identity/evaluate.ts'
import type { RequestKeys } from '../../identity/pattern.ts'
import { parsePolicy } from '../../identity/policy.ts'
import { type Federation, federationKeys } from '../../identity/web-identity.ts'
import type { Storage } from '../../storage/storage.ts'
import type { StoredIdentity } from '../../storage/verbs/identities.ts'

/** Who asks for a role with what an identity provider says of them. */
export interface WebIdentity {
  readonly federation: Federation
  readonly sessionName: string
  /** What holds for the request whoever sent it. */
  readonly keys: RequestKeys
}

/** The account of a role's ARN, or undefined when it is none. */
export function accountOfRole(arn: string): string | undefined {
  return /^arn:aws[\w-]*:iam::(\d{12}):role\/./.exec(arn)?.[1]
}

/**
 * The role of an ARN, where its trust policy names the provider and its conditions hold; a role that is not there is answered
 * like one that does not. A trust policy that names everybody is not enough: whoever the provider knows is nobody here yet.
 */
export async function roleTrusting(
  storage: Storage,
  arn: string,
  { federation, sessionName, keys }: WebIdentity,
): Promise<StoredIdentity | undefined> {
  const accountId = accountOfRole(arn)
  const role = accountId && (await storage.identities.get(accountId, 'role', arn.slice(arn.lastIndexOf('/') + 1)))
  if (!role || role.arn !== arn) return undefined
  const said = trusts(
    parsePolicy(role.trustPolicy ?? '', 'trust'),
    { accountId: '', arn: '', provider: federation.provider },
    {
      action: 'sts:AssumeRoleWithWebIdentity',
      keys: new Map([...keys, ...federationKeys(federation), ['sts:rolesessionname', [sessionName]]]),
    },
  )
  return said === 'named' ? role : undefined
}
