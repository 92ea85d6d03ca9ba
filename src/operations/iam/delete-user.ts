import type { IamOperation } from './operation.ts'

export const deleteUser: IamOperation<'DeleteUser', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.delete(caller.scope.accountId, 'user', input.UserName)
  return {}
}
