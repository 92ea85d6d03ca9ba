import { accessKeyContext, type StoredAccessKey } from '../../storage/verbs/access-keys.ts'
import { userMeant, wholeSeconds } from './entity.ts'
import type { IamOperation } from './operation.ts'

/** The only answer that ever holds the secret. */
export const createAccessKey: IamOperation<'CreateAccessKey', 'storage' | 'clock' | 'ids' | 'secrets'> = async (
  input,
  caller,
  { storage, clock, ids, secrets },
) => {
  const accessKeyId = ids.iam('accessKey')
  const secretAccessKey = ids.secretAccessKey()
  const key: StoredAccessKey = {
    accessKeyId,
    accountId: caller.scope.accountId,
    userName: userMeant(caller, input.UserName),
    secret: secrets.seal(secretAccessKey, accessKeyContext(accessKeyId)),
    status: 'Active',
    createdAt: wholeSeconds(clock.now()),
  }
  await storage.accessKeys.create(key)
  return {
    AccessKey: {
      UserName: key.userName,
      AccessKeyId: accessKeyId,
      Status: key.status,
      SecretAccessKey: secretAccessKey,
      CreateDate: key.createdAt,
    },
  }
}
