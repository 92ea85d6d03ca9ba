import type { IamOperation } from './operation.ts'
import { pageMembers, pageOf } from './paging.ts'
import { newestFirst, policyVersions } from './versions.ts'

export const listPolicyVersions: IamOperation<'ListPolicyVersions', 'storage'> = async (input, caller, { storage }) => {
  const versions = await policyVersions(storage, caller.scope.accountId, input.PolicyArn)
  const page = pageOf(versions, newestFirst, input)
  return { Versions: page.items.map(version => ({ ...version, Document: undefined })), ...pageMembers(page) }
}
