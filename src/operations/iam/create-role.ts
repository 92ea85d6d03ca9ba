import type { StoredIdentity } from '../../storage/verbs/identities.ts'
import { newIdentity } from './entity.ts'
import type { IamOperation } from './operation.ts'
import { checkBoundary, checkTrustPolicy } from './policies.ts'
import { shownRole } from './shown.ts'

export const createRole: IamOperation<'CreateRole', 'storage' | 'clock' | 'ids'> = async (input, caller, services) => {
  const { storage } = services
  const { AssumeRolePolicyDocument: trustPolicy, Description: description } = input
  checkTrustPolicy(trustPolicy)
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
