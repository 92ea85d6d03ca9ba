import { defaultQueueAttributes, type QueueAttributes } from '../../catalog/queues.ts'
import type { CreateQueueRequest } from '../../model/generated/sqs.ts'
import { QueueNameExists, ServiceError } from '../../protocol/errors.ts'
import type { SqsOperation } from './operation.ts'
import { queueUrl } from './queue.ts'

/** The attributes that can be set, with their ranges (CreateQueue, API reference). */
const settable: Readonly<Record<string, { key: keyof QueueAttributes; least: number; most: number }>> = {
  DelaySeconds: { key: 'delay', least: 0, most: 900 },
  MaximumMessageSize: { key: 'maximumMessageSize', least: 1024, most: 262_144 },
  MessageRetentionPeriod: { key: 'messageRetentionPeriod', least: 60, most: 1_209_600 },
  ReceiveMessageWaitTimeSeconds: { key: 'receiveWaitTime', least: 0, most: 20 },
  VisibilityTimeout: { key: 'visibilityTimeout', least: 0, most: 43_200 },
}

/** Creating a queue that is there answers its address, unless an attribute that is given differs. */
export const createQueue: SqsOperation<'CreateQueue', 'storage' | 'clock'> = async (
  input,
  caller,
  { storage, clock },
) => {
  const name = input.QueueName
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
    throw new ServiceError(
      'InvalidParameterValue',
      name.endsWith('.fifo')
        ? 'FIFO queues are not supported.'
        : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
    )
  }
  if (Object.keys(input.tags ?? {}).length > 0) {
    throw new ServiceError('UnsupportedOperation', 'Tags of queues are not supported.')
  }
  const given = attributes(input.Attributes ?? {})
  const queue = await storage.queues.create({
    scope: caller.scope,
    name,
    createdAt: clock.now(),
    attributes: { ...defaultQueueAttributes, ...given },
  })
  for (const [attribute, { key }] of Object.entries(settable)) {
    if (given[key] !== undefined && given[key] !== queue.attributes[key]) {
      throw new QueueNameExists(
        `A queue already exists with the same name and a different value for attribute ${attribute}`,
      )
    }
  }
  return { QueueUrl: queueUrl(caller, name) }
}

function attributes(given: NonNullable<CreateQueueRequest['Attributes']>): Partial<QueueAttributes> {
  const values: Partial<Record<keyof QueueAttributes, number>> = {}
  for (const [name, text] of Object.entries(given)) {
    const rule = Object.hasOwn(settable, name) ? settable[name]! : undefined
    if (!rule) throw new ServiceError('InvalidAttributeName', `Attribute ${name} is unknown or not supported.`)
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= rule.least && value <= rule.most)) {
      throw new ServiceError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`)
    }
    values[rule.key] = value
  }
  return values
}
