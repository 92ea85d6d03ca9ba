import { NoSuchEntityException } from '../../protocol/errors.ts'
import type { IamOperation } from './operation.ts'
import { policyVersions } from './versions.ts'

export const getPolicyVersion: IamOperation<'GetPolicyVersion', 'storage'> = async (input, caller, { storage }) => {
  const { PolicyArn: arn, VersionId: id } = input
  const found = (await policyVersions(storage, caller.scope.accountId, arn)).find(version => version.VersionId === id)
  if (!found) throw new NoSuchEntityException(`Policy ${arn} version ${id} does not exist or is not attachable.`)
  return { PolicyVersion: found }
}
