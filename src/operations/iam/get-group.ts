import { NoSuchEntityException } from '../../protocol/errors.ts'
import type { IamOperation } from './operation.ts'
import { pageMembers, pageOf } from './paging.ts'
import { inList, shownGroup, shownUser } from './shown.ts'

export const getGroup: IamOperation<'GetGroup', 'storage'> = async (input, caller, { storage }) => {
  const { accountId } = caller.scope
  const group = await storage.identities.get(accountId, 'group', input.GroupName)
  if (!group) throw new NoSuchEntityException(`The group with name ${input.GroupName} cannot be found.`)
  const page = pageOf(await storage.identities.memberships(accountId, 'group', group.name), user => user.name, input)
  return {
    Group: shownGroup(group),
    Users: page.items.map(user => inList(shownUser(user))),
    ...pageMembers(page),
  }
}
