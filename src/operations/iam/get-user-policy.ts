import type { IamOperation } from './operation.ts'
import { escaped } from './shown.ts'

export const getUserPolicy: IamOperation<'GetUserPolicy', 'storage'> = async (input, caller, { storage }) => {
  const { UserName: name, PolicyName: policyName } = input
  const document = await storage.identities.inlinePolicy(caller.scope.accountId, 'user', name, policyName)
  return { UserName: name, PolicyName: policyName, PolicyDocument: escaped(document) }
}
