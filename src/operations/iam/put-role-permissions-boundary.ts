import type { IamOperation } from './operation.ts'
import { checkBoundary } from './policies.ts'

export const putRolePermissionsBoundary: IamOperation<'PutRolePermissionsBoundary', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { RoleName: name, PermissionsBoundary: boundary } = input
  await checkBoundary(storage, caller.scope.accountId, boundary)
  await storage.identities.change(caller.scope.accountId, 'role', name, role => ({
    ...role,
    permissionsBoundary: boundary,
  }))
  return {}
}
