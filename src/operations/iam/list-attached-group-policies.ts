import { attachedPage } from './attached.ts'
import type { IamOperation } from './operation.ts'

export const listAttachedGroupPolicies: IamOperation<'ListAttachedGroupPolicies', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const attached = await storage.identities.attachedPolicies(caller.scope.accountId, 'group', input.GroupName)
  return attachedPage(attached, input)
}
