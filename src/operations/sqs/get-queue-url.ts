import type { SqsOperation } from './operation.ts'
import { noQueue, queueUrl } from './queue.ts'

export const getQueueUrl: SqsOperation<'GetQueueUrl', 'storage'> = async (input, caller, { storage }) => {
  const owner = input.QueueOwnerAWSAccountId ?? caller.scope.accountId
  const queue = owner === caller.scope.accountId && (await storage.queues.get(caller.scope, input.QueueName))
  if (!queue) throw noQueue()
  return { QueueUrl: queueUrl(caller, queue.name) }
}
