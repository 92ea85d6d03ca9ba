import { userMeant } from './entity.ts'
import type { IamOperation } from './operation.ts'
import { pageMembers, pageOf } from './paging.ts'

export const listAccessKeys: IamOperation<'ListAccessKeys', 'storage'> = async (input, caller, { storage }) => {
  const keys = await storage.accessKeys.ofUser(caller.scope.accountId, userMeant(caller, input.UserName))
  const page = pageOf(keys, key => key.accessKeyId, input)
  return {
    AccessKeyMetadata: page.items.map(key => ({
      UserName: key.userName,
      AccessKeyId: key.accessKeyId,
      Status: key.status,
      CreateDate: key.createdAt,
    })),
    ...pageMembers(page),
  }
}
