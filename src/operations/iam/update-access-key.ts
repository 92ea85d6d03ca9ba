import { InvalidInputException } from '../../protocol/errors.ts'
import { userMeant } from './entity.ts'
import type { IamOperation } from './operation.ts'

export const updateAccessKey: IamOperation<'UpdateAccessKey', 'storage'> = async (input, caller, { storage }) => {
  const { Status: status } = input
  if (status === 'Expired') throw new InvalidInputException('Status can be set to Active or Inactive only.')
  await storage.accessKeys.setStatus(
    caller.scope.accountId,
    userMeant(caller, input.UserName),
    input.AccessKeyId,
    status,
  )
  return {}
}
