import type { SqsOperation } from './operation.ts'
import { findQueue } from './queue.ts'
import { requireReceipt } from './receipt.ts'

/** A receipt of an earlier delivery, or of a message that is gone, is no error (DeleteMessage, API reference). */
export const deleteMessage: SqsOperation<'DeleteMessage', 'storage'> = async (input, caller, services) => {
  const { name } = await findQueue(services, caller, input.QueueUrl)
  requireReceipt(input.ReceiptHandle)
  await services.storage.queues.delete(caller.scope, name, input.ReceiptHandle)
  return {}
}
