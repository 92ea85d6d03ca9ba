import type { IamOperation } from './operation.ts'
import { checkBoundary } from './policies.ts'

export const putUserPermissionsBoundary: IamOperation<'PutUserPermissionsBoundary', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { UserName: name, PermissionsBoundary: boundary } = input
  await checkBoundary(storage, caller.scope.accountId, boundary)
  await storage.identities.change(caller.scope.accountId, 'user', name, user => ({
    ...user,
    permissionsBoundary: boundary,
  }))
  return {}
}
