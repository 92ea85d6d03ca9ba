import type { IamOperation } from './operation.ts'
import { ownPolicyArn } from './policies.ts'
import { untagged } from './tags.ts'

export const untagPolicy: IamOperation<'UntagPolicy', 'storage'> = async (input, caller, { storage }) => {
  await storage.managedPolicies.change(
    caller.scope.accountId,
    ownPolicyArn(caller, 'UntagPolicy', input.PolicyArn),
    policy => untagged(policy, input.TagKeys),
  )
  return {}
}
