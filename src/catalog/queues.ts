import type { Scope } from './scope.ts'

export interface Queue {
  readonly scope: Scope
  readonly name: string
  readonly createdAt: Date
  readonly attributes: QueueAttributes
}

/** Seconds, but for maximumMessageSize, which is bytes. */
export interface QueueAttributes {
  readonly visibilityTimeout: number
  readonly delay: number
  readonly messageRetentionPeriod: number
  readonly receiveWaitTime: number
  readonly maximumMessageSize: number
}

/** SQS's own defaults. */
export const defaultQueueAttributes: QueueAttributes = {
  visibilityTimeout: 30,
  delay: 0,
  messageRetentionPeriod: 345_600,
  receiveWaitTime: 0,
  maximumMessageSize: 262_144,
}

/** Queue names of AWS's engines: both published engines read from these. */
const engineQueue =
  /^ServiceCatalog(?:External|TerraformOS|TerraformCloud)(?:Provision|Update|Terminate)OperationQueue$/

/**
 * A queue that every account has without creating it: those that AWS's provisioning engines pull their work from. Messages
 * stay invisible for 180 seconds, as the engines' own template says, and are kept for as long as SQS can keep them.
 */
export function builtInQueue(scope: Scope, name: string): Queue | undefined {
  if (!engineQueue.test(name)) return undefined
  const attributes = { ...defaultQueueAttributes, visibilityTimeout: 180, messageRetentionPeriod: 1_209_600 }
  return { scope, name, createdAt: new Date(0), attributes }
}
