import { LimitExceededException } from '../../protocol/errors.ts'
import { policySize, type StoredIdentity } from '../../storage/verbs/identities.ts'
import { newIdentity } from './entity.ts'
import type { IamOperation } from './operation.ts'
import { checkBoundary, checkPolicy } from './policies.ts'
import { shownRole } from './shown.ts'

/** IAM's quota for a role's trust policy. */
const mostTrustCharacters = 2048

export const createRole: IamOperation<'CreateRole', 'storage' | 'clock' | 'ids'> = async (input, caller, services) => {
  const { storage } = services
  const { AssumeRolePolicyDocument: trustPolicy, Description: description } = input
  checkPolicy(trustPolicy, 'trust')
  if (policySize(trustPolicy) > mostTrustCharacters) {
    throw new LimitExceededException(`Cannot exceed quota for ACLSizePerRole: ${mostTrustCharacters}`)
  }
  await checkBoundary(storage, caller.scope.accountId, input.PermissionsBoundary)
  const role: StoredIdentity = {
    ...newIdentity('role', input.RoleName, input, caller, services),
    trustPolicy,
    ...(description !== undefined && { description }),
    maxSessionDuration: input.MaxSessionDuration ?? 3600,
  }
  await storage.identities.create(role)
  return { Role: shownRole(role) }
}
