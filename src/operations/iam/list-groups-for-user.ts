import type { IamOperation } from './operation.ts'
import { pageMembers, pageOf } from './paging.ts'
import { shownGroup } from './shown.ts'

export const listGroupsForUser: IamOperation<'ListGroupsForUser', 'storage'> = async (input, caller, { storage }) => {
  const groups = await storage.identities.memberships(caller.scope.accountId, 'user', input.UserName)
  const page = pageOf(groups, group => group.name, input)
  return { Groups: page.items.map(shownGroup), ...pageMembers(page) }
}
