import { NoSuchEntityException } from '../../protocol/errors.ts'
import type { IamOperation } from './operation.ts'
import { tagPage } from './tags.ts'

export const listUserTags: IamOperation<'ListUserTags', 'storage'> = async (input, caller, { storage }) => {
  const user = await storage.identities.get(caller.scope.accountId, 'user', input.UserName)
  if (!user) throw new NoSuchEntityException(`The user with name ${input.UserName} cannot be found.`)
  return tagPage(user.tags, input)
}
