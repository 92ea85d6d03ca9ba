import type { IamOperation } from './operation.ts'
import { escaped } from './shown.ts'

export const getGroupPolicy: IamOperation<'GetGroupPolicy', 'storage'> = async (input, caller, { storage }) => {
  const { GroupName: name, PolicyName: policyName } = input
  const document = await storage.identities.inlinePolicy(caller.scope.accountId, 'group', name, policyName)
  return { GroupName: name, PolicyName: policyName, PolicyDocument: escaped(document) }
}
