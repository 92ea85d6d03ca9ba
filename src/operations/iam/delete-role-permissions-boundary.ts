import { NoSuchEntityException } from '../../protocol/errors.ts'
import type { IamOperation } from './operation.ts'

export const deleteRolePermissionsBoundary: IamOperation<'DeleteRolePermissionsBoundary', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { RoleName: name } = input
  await storage.identities.change(caller.scope.accountId, 'role', name, role => {
    if (role.permissionsBoundary === undefined) {
      throw new NoSuchEntityException(`The role with name ${name} has no permissions boundary.`)
    }
    const { permissionsBoundary: _, ...unbounded } = role
    return unbounded
  })
  return {}
}
