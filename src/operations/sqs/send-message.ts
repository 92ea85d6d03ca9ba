import { createHash } from 'node:crypto'
import { ServiceError } from '../../protocol/errors.ts'
import type { SqsOperation } from './operation.ts'
import { findQueue, requireRange } from './queue.ts'

/** Characters that SQS refuses: those that XML 1.0 does not allow. */
const unsendable = /[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

export const sendMessage: SqsOperation<'SendMessage', 'storage' | 'clock' | 'ids' | 'messages'> = async (
  input,
  caller,
  services,
) => {
  const { storage, clock, ids, messages } = services
  const { MessageBody: body, DelaySeconds } = input
  if (Object.keys({ ...input.MessageAttributes, ...input.MessageSystemAttributes }).length > 0) {
    throw new ServiceError('UnsupportedOperation', 'Message attributes are not supported.')
  }
  if (input.MessageGroupId !== undefined || input.MessageDeduplicationId !== undefined) {
    throw new ServiceError('InvalidParameterValue', 'MessageGroupId and MessageDeduplicationId are for FIFO queues.')
  }
  requireRange('DelaySeconds', DelaySeconds, 0, 900)
  const queue = await findQueue(services, caller, input.QueueUrl)
  if (body === '') throw new ServiceError('MissingParameter', 'The request must contain the parameter MessageBody.')
  const most = queue.attributes.maximumMessageSize
  if (Buffer.byteLength(body) > most) {
    throw new ServiceError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`,
    )
  }
  if (unsendable.test(body)) {
    throw new ServiceError('InvalidMessageContents', 'The message contains characters outside the allowed set.')
  }
  const id = await storage.queues.send(caller.scope, queue.name, body, ids.uuid(), clock.now(), DelaySeconds)
  messages.sent(caller.scope, queue.name)
  return { MD5OfMessageBody: md5(body), MessageId: id }
}

/** SQS's checksum of a body: clients compare it. */
export function md5(body: string): string {
  return createHash('md5').update(body).digest('hex')
}
