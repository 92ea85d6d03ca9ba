import type { IamOperation } from './operation.ts'
import { namePage, pageMembers } from './paging.ts'
import { inList, shownRole } from './shown.ts'

export const listRoles: IamOperation<'ListRoles', 'storage'> = async (input, caller, { storage }) => {
  const page = await storage.identities.list(caller.scope.accountId, 'role', input.PathPrefix ?? '/', namePage(input))
  return { Roles: page.items.map(role => inList(shownRole(role))), ...pageMembers(page) }
}
