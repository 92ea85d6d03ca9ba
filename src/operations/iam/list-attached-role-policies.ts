import { attachedPage } from './attached.ts'
import type { IamOperation } from './operation.ts'

export const listAttachedRolePolicies: IamOperation<'ListAttachedRolePolicies', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const attached = await storage.identities.attachedPolicies(caller.scope.accountId, 'role', input.RoleName)
  return attachedPage(attached, input)
}
