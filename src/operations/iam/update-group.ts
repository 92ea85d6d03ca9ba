import { renameIdentity } from './entity.ts'
import type { IamOperation } from './operation.ts'

export const updateGroup: IamOperation<'UpdateGroup', 'storage'> = async (input, caller, { storage }) => {
  const { GroupName: name, NewPath: path, NewGroupName: newName } = input
  await renameIdentity(storage, caller.scope.accountId, 'group', name, { name: newName, path })
  return {}
}
