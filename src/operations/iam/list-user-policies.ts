import type { IamOperation } from './operation.ts'
import { pageMembers, pageOf } from './paging.ts'

export const listUserPolicies: IamOperation<'ListUserPolicies', 'storage'> = async (input, caller, { storage }) => {
  const names = await storage.identities.inlinePolicies(caller.scope.accountId, 'user', input.UserName)
  const page = pageOf(names, name => name, input)
  return { PolicyNames: page.items, ...pageMembers(page) }
}
