import { NoSuchEntityException } from '../../protocol/errors.ts'
import type { IamOperation } from './operation.ts'
import { tagPage } from './tags.ts'

export const listRoleTags: IamOperation<'ListRoleTags', 'storage'> = async (input, caller, { storage }) => {
  const role = await storage.identities.get(caller.scope.accountId, 'role', input.RoleName)
  if (!role) throw new NoSuchEntityException(`The role with name ${input.RoleName} cannot be found.`)
  return tagPage(role.tags, input)
}
