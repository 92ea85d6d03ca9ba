import type { IamOperation } from './operation.ts'
import { checkPolicy } from './policies.ts'

export const putGroupPolicy: IamOperation<'PutGroupPolicy', 'storage' | 'clock'> = async (
  input,
  caller,
  { storage, clock },
) => {
  const { GroupName: name, PolicyName: policyName, PolicyDocument: document } = input
  checkPolicy(document, 'identity')
  await storage.identities.putPolicy(caller.scope.accountId, 'group', name, policyName, document, clock.now())
  return {}
}
