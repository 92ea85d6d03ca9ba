import type { IamOperation } from './operation.ts'

export const removeUserFromGroup: IamOperation<'RemoveUserFromGroup', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  await storage.identities.removeFromGroup(caller.scope.accountId, input.GroupName, input.UserName)
  return {}
}
