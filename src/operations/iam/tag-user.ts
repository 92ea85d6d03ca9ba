import type { IamOperation } from './operation.ts'
import { tagged } from './tags.ts'

export const tagUser: IamOperation<'TagUser', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.change(caller.scope.accountId, 'user', input.UserName, user => tagged(user, input.Tags))
  return {}
}
