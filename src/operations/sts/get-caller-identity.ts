import type { StsOperations } from '../../model/generated/sts.ts'
import type { Operation } from '../operation.ts'

export const getCallerIdentity: Operation<StsOperations['GetCallerIdentity']> = async (_input, caller) => ({
  UserId: caller.userId,
  Account: caller.scope.accountId,
  Arn: caller.arn,
})
