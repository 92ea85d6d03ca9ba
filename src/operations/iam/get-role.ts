import { NoSuchEntityException } from '../../protocol/errors.ts'
import type { IamOperation } from './operation.ts'
import { shownRole } from './shown.ts'

export const getRole: IamOperation<'GetRole', 'storage'> = async (input, caller, { storage }) => {
  const role = await storage.identities.get(caller.scope.accountId, 'role', input.RoleName)
  if (!role) throw new NoSuchEntityException(`The role with name ${input.RoleName} cannot be found.`)
  return { Role: shownRole(role) }
}
