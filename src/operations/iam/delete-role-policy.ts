import type { IamOperation } from './operation.ts'

export const deleteRolePolicy: IamOperation<'DeleteRolePolicy', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.deletePolicy(caller.scope.accountId, 'role', input.RoleName, input.PolicyName)
  return {}
}
