import type { IamOperation } from './operation.ts'
import { checkTrustPolicy } from './policies.ts'

export const updateAssumeRolePolicy: IamOperation<'UpdateAssumeRolePolicy', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { RoleName: name, PolicyDocument: trustPolicy } = input
  checkTrustPolicy(trustPolicy)
  await storage.identities.change(caller.scope.accountId, 'role', name, role => ({ ...role, trustPolicy }))
  return {}
}
