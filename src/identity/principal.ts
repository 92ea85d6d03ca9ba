import type { Permissions } from './evaluate.ts'
import type { RequestKeys } from './pattern.ts'

/** Who a request comes from, with all that their policies say. */
export interface Principal {
  /** Twelve digits. */
  readonly accountId: string
  /** E.g. arn:aws:iam::000000000000:user/admin or arn:aws:sts::000000000000:assumed-role/Operator/alice */
  readonly arn: string
  /** The unique id: AIDA... of a user, AROA...:SESSION of a role's session. */
  readonly userId: string
  /** Absent for a role's session. */
  readonly userName?: string
  /** The role, where it is a session of one. */
  readonly roleArn?: string
  /** ARNs of the groups a user is in. */
  readonly groupArns: readonly string[]
  /** What an identity provider said of a session that began through it: condition keys, by name in lower case. */
  readonly federationKeys?: RequestKeys
  /** When the session began. */
  readonly sessionSince?: Date
  /** The user's, or the role's and the session's. */
  readonly tags: readonly { readonly Key: string; readonly Value: string }[]
  readonly permissions: Permissions
}
