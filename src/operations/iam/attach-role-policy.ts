import type { IamOperation } from './operation.ts'
import { attachablePolicy } from './policies.ts'

export const attachRolePolicy: IamOperation<'AttachRolePolicy', 'storage' | 'clock'> = async (
  input,
  caller,
  { storage, clock },
) => {
  const { accountId } = caller.scope
  const policy = await attachablePolicy(storage, accountId, input.PolicyArn)
  await storage.identities.attachPolicy(accountId, 'role', input.RoleName, policy, clock.now())
  return {}
}
