import { NoSuchEntityException } from '../../protocol/errors.ts'
import type { IamOperation } from './operation.ts'

export const deleteUserPermissionsBoundary: IamOperation<'DeleteUserPermissionsBoundary', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { UserName: name } = input
  await storage.identities.change(caller.scope.accountId, 'user', name, user => {
    if (user.permissionsBoundary === undefined) {
      throw new NoSuchEntityException(`The user with name ${name} has no permissions boundary.`)
    }
    const { permissionsBoundary: _, ...unbounded } = user
    return unbounded
  })
  return {}
}
