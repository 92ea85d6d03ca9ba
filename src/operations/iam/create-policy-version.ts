import { wholeSeconds } from './entity.ts'
import type { IamOperation } from './operation.ts'
import { checkPolicy, ownPolicyArn } from './policies.ts'
import { shownVersion } from './versions.ts'

export const createPolicyVersion: IamOperation<'CreatePolicyVersion', 'storage' | 'clock'> = async (
  input,
  caller,
  { storage, clock },
) => {
  const { PolicyDocument: document, SetAsDefault: isDefault = false } = input
  const arn = ownPolicyArn(caller, 'CreatePolicyVersion', input.PolicyArn)
  checkPolicy(document, 'identity')
  const now = wholeSeconds(clock.now())
  const version = await storage.managedPolicies.addVersion(caller.scope.accountId, arn, document, now, isDefault)
  // The document is left out, as IAM leaves it out.
  return { PolicyVersion: { ...shownVersion(version, isDefault), Document: undefined } }
}
