import type { IamOperation } from './operation.ts'
import { ownPolicyArn } from './policies.ts'

export const deletePolicy: IamOperation<'DeletePolicy', 'storage'> = async (input, caller, { storage }) => {
  await storage.managedPolicies.delete(caller.scope.accountId, ownPolicyArn(caller, 'DeletePolicy', input.PolicyArn))
  return {}
}
