import { userMeant } from './entity.ts'
import type { IamOperation } from './operation.ts'

export const deleteAccessKey: IamOperation<'DeleteAccessKey', 'storage'> = async (input, caller, { storage }) => {
  await storage.accessKeys.delete(caller.scope.accountId, userMeant(caller, input.UserName), input.AccessKeyId)
  return {}
}
