import { newIdentity } from './entity.ts'
import type { IamOperation } from './operation.ts'
import { checkBoundary } from './policies.ts'
import { shownUser } from './shown.ts'

export const createUser: IamOperation<'CreateUser', 'storage' | 'clock' | 'ids'> = async (input, caller, services) => {
  const { storage } = services
  const { accountId } = caller.scope
  await checkBoundary(storage, accountId, input.PermissionsBoundary)
  const user = newIdentity('user', input.UserName, input, caller, services)
  await storage.identities.create(user)
  return { User: shownUser(user) }
}
