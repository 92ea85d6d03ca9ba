import type { IamOperation } from './operation.ts'
import { pageMembers, pageOf } from './paging.ts'

export const listRolePolicies: IamOperation<'ListRolePolicies', 'storage'> = async (input, caller, { storage }) => {
  const names = await storage.identities.inlinePolicies(caller.scope.accountId, 'role', input.RoleName)
  const page = pageOf(names, name => name, input)
  return { PolicyNames: page.items, ...pageMembers(page) }
}
