import type { IamOperation } from './operation.ts'

export const updateRole: IamOperation<'UpdateRole', 'storage'> = async (input, caller, { storage }) => {
  const { RoleName: name, Description: description, MaxSessionDuration: maxSessionDuration } = input
  await storage.identities.change(caller.scope.accountId, 'role', name, role => ({
    ...role,
    ...(description !== undefined && { description }),
    ...(maxSessionDuration !== undefined && { maxSessionDuration }),
  }))
  return {}
}
