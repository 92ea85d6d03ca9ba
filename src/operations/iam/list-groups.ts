import type { IamOperation } from './operation.ts'
import { namePage, pageMembers } from './paging.ts'
import { shownGroup } from './shown.ts'

export const listGroups: IamOperation<'ListGroups', 'storage'> = async (input, caller, { storage }) => {
  const page = await storage.identities.list(caller.scope.accountId, 'group', input.PathPrefix ?? '/', namePage(input))
  return { Groups: page.items.map(shownGroup), ...pageMembers(page) }
}
