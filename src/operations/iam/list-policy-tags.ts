import type { IamOperation } from './operation.ts'
import { attachablePolicy } from './policies.ts'
import { tagPage } from './tags.ts'

export const listPolicyTags: IamOperation<'ListPolicyTags', 'storage'> = async (input, caller, { storage }) => {
  const policy = await attachablePolicy(storage, caller.scope.accountId, input.PolicyArn)
  return tagPage('tags' in policy ? policy.tags : [], input)
}
