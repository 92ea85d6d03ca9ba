import type { IamOperation } from './operation.ts'
import { tagged } from './tags.ts'

export const tagRole: IamOperation<'TagRole', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.change(caller.scope.accountId, 'role', input.RoleName, role => tagged(role, input.Tags))
  return {}
}
