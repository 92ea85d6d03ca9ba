import type { SqsOperation } from './operation.ts'
import { findQueue, queueArn } from './queue.ts'

/** Only attributes that are asked for are answered, by name or with All. */
export const getQueueAttributes: SqsOperation<'GetQueueAttributes', 'storage' | 'clock'> = async (
  input,
  caller,
  services,
) => {
  const { storage, clock } = services
  const { name, createdAt, attributes } = await findQueue(services, caller, input.QueueUrl)
  const { visible, inFlight, delayed } = await storage.queues.count(caller.scope, name, clock.now())
  const seconds = Math.floor(createdAt.getTime() / 1000)
  const known = {
    QueueArn: queueArn(caller.scope, name),
    ApproximateNumberOfMessages: visible,
    ApproximateNumberOfMessagesNotVisible: inFlight,
    ApproximateNumberOfMessagesDelayed: delayed,
    CreatedTimestamp: seconds,
    LastModifiedTimestamp: seconds,
    VisibilityTimeout: attributes.visibilityTimeout,
    MaximumMessageSize: attributes.maximumMessageSize,
    MessageRetentionPeriod: attributes.messageRetentionPeriod,
    DelaySeconds: attributes.delay,
    ReceiveMessageWaitTimeSeconds: attributes.receiveWaitTime,
  }
  const wanted = new Set<string>(input.AttributeNames)
  const shown = Object.entries(known).filter(([attribute]) => wanted.has('All') || wanted.has(attribute))
  return shown.length > 0
    ? { Attributes: Object.fromEntries(shown.map(([attribute, value]) => [attribute, String(value)])) }
    : {}
}
