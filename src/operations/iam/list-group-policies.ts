import type { IamOperation } from './operation.ts'
import { pageMembers, pageOf } from './paging.ts'

export const listGroupPolicies: IamOperation<'ListGroupPolicies', 'storage'> = async (input, caller, { storage }) => {
  const names = await storage.identities.inlinePolicies(caller.scope.accountId, 'group', input.GroupName)
  const page = pageOf(names, name => name, input)
  return { PolicyNames: page.items, ...pageMembers(page) }
}
