import type { IamOperation } from './operation.ts'
import { namePage, pageMembers } from './paging.ts'
import { inList, shownUser } from './shown.ts'

export const listUsers: IamOperation<'ListUsers', 'storage'> = async (input, caller, { storage }) => {
  const page = await storage.identities.list(caller.scope.accountId, 'user', input.PathPrefix ?? '/', namePage(input))
  return { Users: page.items.map(user => inList(shownUser(user))), ...pageMembers(page) }
}
