import type { IamOperation } from './operation.ts'
import { shownRole } from './shown.ts'

export const updateRoleDescription: IamOperation<'UpdateRoleDescription', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { RoleName: name, Description: description } = input
  const role = await storage.identities.change(caller.scope.accountId, 'role', name, role => ({ ...role, description }))
  return { Role: shownRole(role) }
}
