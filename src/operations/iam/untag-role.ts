import type { IamOperation } from './operation.ts'
import { untagged } from './tags.ts'

export const untagRole: IamOperation<'UntagRole', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.change(caller.scope.accountId, 'role', input.RoleName, role => untagged(role, input.TagKeys))
  return {}
}
