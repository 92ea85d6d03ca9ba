import type { BellhopOperations } from '../../model/generated/bellhop.ts'
import { AccessDeniedException } from '../../protocol/errors.ts'
import type { Operation } from '../operation.ts'

/**
 * How the server is: nodes, engines, database and backlog, of all accounts together. So it is told in the server's own account
 * alone: the others know nothing of each other.
 */
export const describeHealth: Operation<BellhopOperations['DescribeHealth'], 'health'> = async (
  _input,
  caller,
  { health },
) => {
  if (caller.scope.accountId !== health.accountId) {
    throw new AccessDeniedException(
      `How the server is can be asked in its own account, ${health.accountId}, and not in ${caller.scope.accountId}.`,
    )
  }
  return health.describe()
}
