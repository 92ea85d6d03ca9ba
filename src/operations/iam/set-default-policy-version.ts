import { wholeSeconds } from './entity.ts'
import type { IamOperation } from './operation.ts'
import { ownPolicyArn } from './policies.ts'
import { versionNumber } from './versions.ts'

export const setDefaultPolicyVersion: IamOperation<'SetDefaultPolicyVersion', 'storage' | 'clock'> = async (
  input,
  caller,
  { storage, clock },
) => {
  const arn = ownPolicyArn(caller, 'SetDefaultPolicyVersion', input.PolicyArn)
  const version = versionNumber(arn, input.VersionId)
  await storage.managedPolicies.setDefaultVersion(caller.scope.accountId, arn, version, wholeSeconds(clock.now()))
  return {}
}
