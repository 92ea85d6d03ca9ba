import type { IamOperation } from './operation.ts'
import { checkPolicy } from './policies.ts'

export const putUserPolicy: IamOperation<'PutUserPolicy', 'storage' | 'clock'> = async (
  input,
  caller,
  { storage, clock },
) => {
  const { UserName: name, PolicyName: policyName, PolicyDocument: document } = input
  checkPolicy(document, 'identity')
  await storage.identities.putPolicy(caller.scope.accountId, 'user', name, policyName, document, clock.now())
  return {}
}
