import type { IamOperation } from './operation.ts'

export const deleteGroup: IamOperation<'DeleteGroup', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.delete(caller.scope.accountId, 'group', input.GroupName)
  return {}
}
