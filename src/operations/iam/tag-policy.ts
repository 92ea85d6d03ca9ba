import type { IamOperation } from './operation.ts'
import { ownPolicyArn } from './policies.ts'
import { tagged } from './tags.ts'

export const tagPolicy: IamOperation<'TagPolicy', 'storage'> = async (input, caller, { storage }) => {
  await storage.managedPolicies.change(
    caller.scope.accountId,
    ownPolicyArn(caller, 'TagPolicy', input.PolicyArn),
    policy => tagged(policy, input.Tags),
  )
  return {}
}
