import { renameIdentity } from './entity.ts'
import type { IamOperation } from './operation.ts'

export const updateUser: IamOperation<'UpdateUser', 'storage'> = async (input, caller, { storage }) => {
  const { UserName: name, NewPath: path, NewUserName: newName } = input
  await renameIdentity(storage, caller.scope.accountId, 'user', name, { name: newName, path })
  return {}
}
