import type { IamOperation } from './operation.ts'

export const deleteGroupPolicy: IamOperation<'DeleteGroupPolicy', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.deletePolicy(caller.scope.accountId, 'group', input.GroupName, input.PolicyName)
  return {}
}
