import type { Message, ReceiveMessageRequest } from '../../model/generated/sqs.ts'
import type { ReceivedMessage } from '../../storage/verbs/queues.ts'
import type { SqsOperation } from './operation.ts'
import { findQueue, requireRange } from './queue.ts'
import { newReceipt } from './receipt.ts'
import { md5 } from './send-message.ts'

/** Answers what is visible; when nothing is, waits for WaitTimeSeconds at most until something is sent or comes back. */
export const receiveMessage: SqsOperation<'ReceiveMessage', 'storage' | 'clock' | 'ids' | 'messages'> = async (
  input,
  caller,
  services,
) => {
  const { storage, clock, ids, messages } = services
  requireRange('MaxNumberOfMessages', input.MaxNumberOfMessages, 1, 10)
  requireRange('WaitTimeSeconds', input.WaitTimeSeconds, 0, 20)
  requireRange('VisibilityTimeout', input.VisibilityTimeout, 0, 43_200)
  const { name, attributes } = await findQueue(services, caller, input.QueueUrl)
  const until = clock.now().getTime() + (input.WaitTimeSeconds ?? attributes.receiveWaitTime) * 1000
  const listener = messages.listen(caller.scope, name)
  try {
    for (;;) {
      const receipts = Array.from({ length: input.MaxNumberOfMessages ?? 1 }, () => newReceipt(ids))
      const now = clock.now()
      const received = await storage.queues.receive(caller.scope, name, receipts, input.VisibilityTimeout, now)
      const left = Math.min(until, received.nextVisibleAt ?? until) - now.getTime()
      if (received.messages.length > 0) return { Messages: received.messages.map(message => shown(message, input)) }
      if (now.getTime() >= until || messages.closed) return {}
      await listener.wait(left)
    }
  } finally {
    listener.close()
  }
}

function shown(message: ReceivedMessage, input: ReceiveMessageRequest): Message {
  const wanted = new Set<string>([...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])])
  const known = {
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  }
  const attributes = Object.entries(known).filter(([name]) => wanted.has('All') || wanted.has(name))
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(attributes.length > 0 && { Attributes: Object.fromEntries(attributes) }),
  }
}
