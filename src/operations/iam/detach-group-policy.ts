import type { IamOperation } from './operation.ts'

export const detachGroupPolicy: IamOperation<'DetachGroupPolicy', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.detachPolicy(caller.scope.accountId, 'group', input.GroupName, input.PolicyArn)
  return {}
}
