import type { Queue } from '../../catalog/queues.ts'
import type { Scope } from '../../catalog/scope.ts'
import { QueueDoesNotExist, ServiceError } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'

/** The address of a queue, at the address the caller used: `http://HOST/ACCOUNT/QUEUE`. */
export function queueUrl(caller: Caller, name: string): string {
  return `${caller.endpoint}/${caller.scope.accountId}/${name}`
}

/**
 * The queue an address names. The host does not count: the same server may be reached under several. Throws
 * QueueDoesNotExist, also for a queue of another account.
 */
export async function findQueue({ storage }: Pick<Services, 'storage'>, caller: Caller, url: string): Promise<Queue> {
  const [accountId, name] = url.split(/[?#]/, 1)[0]!.replace(/\/$/, '').split('/').slice(-2)
  const queue = accountId === caller.scope.accountId && name ? await storage.queues.get(caller.scope, name) : undefined
  if (!queue) throw noQueue()
  return queue
}

export function noQueue(): QueueDoesNotExist {
  return new QueueDoesNotExist('The specified queue does not exist.')
}

export function queueArn(scope: Scope, name: string): string {
  return `arn:aws:sqs:${scope.region}:${scope.accountId}:${name}`
}

/** Throws InvalidParameterValue, in AWS's words, for a number outside its range. */
export function requireRange(name: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && (value < least || value > most)) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
    )
  }
}
