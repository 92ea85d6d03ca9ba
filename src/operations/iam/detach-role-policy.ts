import type { IamOperation } from './operation.ts'

export const detachRolePolicy: IamOperation<'DetachRolePolicy', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.detachPolicy(caller.scope.accountId, 'role', input.RoleName, input.PolicyArn)
  return {}
}
