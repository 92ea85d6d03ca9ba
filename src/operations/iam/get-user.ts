import { NoSuchEntityException } from '../../protocol/errors.ts'
import { userMeant } from './entity.ts'
import type { IamOperation } from './operation.ts'
import { shownUser } from './shown.ts'

export const getUser: IamOperation<'GetUser', 'storage'> = async (input, caller, { storage }) => {
  const name = userMeant(caller, input.UserName)
  const user = await storage.identities.get(caller.scope.accountId, 'user', name)
  if (!user) throw new NoSuchEntityException(`The user with name ${name} cannot be found.`)
  return { User: shownUser(user) }
}
