import type { SqsOperations } from '../../model/generated/sqs.ts'
import type { Operation, Services } from '../operation.ts'
import { changeMessageVisibility } from './change-message-visibility.ts'
import { createQueue } from './create-queue.ts'
import { deleteMessage } from './delete-message.ts'
import { getQueueAttributes } from './get-queue-attributes.ts'
import { getQueueUrl } from './get-queue-url.ts'
import { receiveMessage } from './receive-message.ts'
import { sendMessage } from './send-message.ts'

/** Every operation of the service's model; a row that is missing does not compile. */
export const sqs = {
  ChangeMessageVisibility: changeMessageVisibility,
  CreateQueue: createQueue,
  DeleteMessage: deleteMessage,
  GetQueueAttributes: getQueueAttributes,
  GetQueueUrl: getQueueUrl,
  ReceiveMessage: receiveMessage,
  SendMessage: sendMessage,
} satisfies { readonly [Name in keyof SqsOperations]: Operation<SqsOperations[Name], keyof Services> }
