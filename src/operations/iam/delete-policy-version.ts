import type { IamOperation } from './operation.ts'
import { ownPolicyArn } from './policies.ts'
import { versionNumber } from './versions.ts'

export const deletePolicyVersion: IamOperation<'DeletePolicyVersion', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const arn = ownPolicyArn(caller, 'DeletePolicyVersion', input.PolicyArn)
  await storage.managedPolicies.deleteVersion(caller.scope.accountId, arn, versionNumber(arn, input.VersionId))
  return {}
}
