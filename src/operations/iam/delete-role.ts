import type { IamOperation } from './operation.ts'

export const deleteRole: IamOperation<'DeleteRole', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.delete(caller.scope.accountId, 'role', input.RoleName)
  return {}
}
