import type { IamOperation } from './operation.ts'
import { escaped } from './shown.ts'

export const getRolePolicy: IamOperation<'GetRolePolicy', 'storage'> = async (input, caller, { storage }) => {
  const { RoleName: name, PolicyName: policyName } = input
  const document = await storage.identities.inlinePolicy(caller.scope.accountId, 'role', name, policyName)
  return { RoleName: name, PolicyName: policyName, PolicyDocument: escaped(document) }
}
