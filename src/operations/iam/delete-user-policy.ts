import type { IamOperation } from './operation.ts'

export const deleteUserPolicy: IamOperation<'DeleteUserPolicy', 'storage'> = async (input, caller, { storage }) => {
  await storage.identities.deletePolicy(caller.scope.accountId, 'user', input.UserName, input.PolicyName)
  return {}
}
