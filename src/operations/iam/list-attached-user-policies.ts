import { attachedPage } from './attached.ts'
import type { IamOperation } from './operation.ts'

export const listAttachedUserPolicies: IamOperation<'ListAttachedUserPolicies', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const attached = await storage.identities.attachedPolicies(caller.scope.accountId, 'user', input.UserName)
  return attachedPage(attached, input)
}
