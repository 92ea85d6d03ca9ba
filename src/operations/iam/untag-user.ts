import type { IamOperation } from './operation.ts'
import { untagged } from './tags.ts'

export const untagUser: IamOperation<'UntagUser', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.change(caller.scope.accountId, 'user', input.UserName, user => untagged(user, input.TagKeys))
  return {}
}
