import type { IamOperation } from './operation.ts'

export const detachUserPolicy: IamOperation<'DetachUserPolicy', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.detachPolicy(caller.scope.accountId, 'user', input.UserName, input.PolicyArn)
  return {}
}
