import { NoSuchEntityException } from '../../protocol/errors.ts'
import type { IamOperation } from './operation.ts'

/** There are no instance profiles; Terraform and the AWS CLI ask before they delete a role. */
export const listInstanceProfilesForRole: IamOperation<'ListInstanceProfilesForRole', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const role = await storage.identities.get(caller.scope.accountId, 'role', input.RoleName)
  if (!role) throw new NoSuchEntityException(`The role with name ${input.RoleName} cannot be found.`)
  return { InstanceProfiles: [], IsTruncated: false }
}
