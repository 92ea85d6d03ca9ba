import type { IamOperation } from './operation.ts'

export const addUserToGroup: IamOperation<'AddUserToGroup', 'storage' | 'clock'> = async (
  input,
  caller,
  { storage, clock },
) => {
  await storage.identities.addToGroup(caller.scope.accountId, input.GroupName, input.UserName, clock.now())
  return {}
}
