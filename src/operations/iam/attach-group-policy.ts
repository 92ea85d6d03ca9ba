import type { IamOperation } from './operation.ts'
import { attachablePolicy } from './policies.ts'

export const attachGroupPolicy: IamOperation<'AttachGroupPolicy', 'storage' | 'clock'> = async (
  input,
  caller,
  { storage, clock },
) => {
  const { accountId } = caller.scope
  const policy = await attachablePolicy(storage, accountId, input.PolicyArn)
  await storage.identities.attachPolicy(accountId, 'group', input.GroupName, policy, clock.now())
  return {}
}
