import type { IamOperation } from './operation.ts'
import { checkPolicy } from './policies.ts'

export const putRolePolicy: IamOperation<'PutRolePolicy', 'storage' | 'clock'> = async (
  input,
  caller,
  { storage, clock },
) => {
  const { RoleName: name, PolicyName: policyName, PolicyDocument: document } = input
  checkPolicy(document, 'identity')
  await storage.identities.putPolicy(caller.scope.accountId, 'role', name, policyName, document, clock.now())
  return {}
}
