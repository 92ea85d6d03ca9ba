import { NoSuchEntityException } from '../../protocol/errors.ts'
import type { IamOperation } from './operation.ts'
import { findPolicy } from './policies.ts'
import { shownPolicy } from './shown.ts'

export const getPolicy: IamOperation<'GetPolicy', 'storage'> = async (input, caller, { storage }) => {
  const { accountId } = caller.scope
  const policy = await findPolicy(storage, accountId, input.PolicyArn)
  if (!policy) throw new NoSuchEntityException(`Policy ${input.PolicyArn} was not found.`)
  return { Policy: shownPolicy(policy, (await storage.managedPolicies.uses(accountId)).get(policy.arn)) }
}
