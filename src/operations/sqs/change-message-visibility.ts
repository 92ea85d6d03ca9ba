import { ServiceError } from '../../protocol/errors.ts'
import type { SqsOperation } from './operation.ts'
import { findQueue, requireRange } from './queue.ts'
import { requireReceipt } from './receipt.ts'

export const changeMessageVisibility: SqsOperation<
  'ChangeMessageVisibility',
  'storage' | 'clock' | 'messages'
> = async (input, caller, services) => {
  const { storage, clock, messages } = services
  const { ReceiptHandle, VisibilityTimeout } = input
  requireRange('VisibilityTimeout', VisibilityTimeout, 0, 43_200)
  const { name } = await findQueue(services, caller, input.QueueUrl)
  requireReceipt(ReceiptHandle)
  const changed = await storage.queues.changeVisibility(
    caller.scope,
    name,
    ReceiptHandle,
    VisibilityTimeout,
    clock.now(),
  )
  if (!changed) {
    throw new ServiceError(
      'MessageNotInflight',
      `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    )
  }
  // Whoever waits must look again: the message may come back earlier than they thought.
  messages.sent(caller.scope, name)
  return {}
}
