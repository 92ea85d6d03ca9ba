import type { AwsIdentity } from '../../aws/api.ts'
import type { EngineRequest } from '../engine.ts'
import type { StackEvent } from './stack.ts'

/** Where a piece of work is; everything that is needed in order to go on with it, and nothing secret. */
export interface StackHandle {
  readonly identity: AwsIdentity
  readonly work: EngineRequest['work'] | 'plan'
  readonly phase: Phase
  /** The stack's name, and its ARN once that is known. */
  readonly stack: string
  readonly token: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** The last event before this work. */
  readonly before?: string
  /** The last event that has been seen. */
  readonly since?: string
  readonly progress: readonly string[]
  /** Why resources failed, as CloudFormation's events say it. */
  readonly reasons: readonly Reason[]
  /** Calls that failed one after the other, and may succeed later. */
  readonly failures: number
  /** Why it has failed; phase `undoing`. */
  readonly failure?: string
  /** A plan's, or of the plan that is executed. */
  readonly changeSet?: ChangeSet
}

export type Phase =
  /** CloudFormation has not taken the work up yet. */
  | 'asking'
  /** Other work on the stack has to end first. */
  | 'waiting'
  /** What is left of a stack that never came to be is being deleted, so that it can be asked again. */
  | 'clearing'
  /** An update's rollback that had failed is being continued, so that the stack can be updated again. */
  | 'mending'
  /** CloudFormation is at work. */
  | 'working'
  /** What a call left that failed is being deleted. */
  | 'undoing'

export interface ChangeSet {
  readonly arn: string
  /** The ARN of its stack. */
  readonly stack: string
  readonly type: 'CREATE' | 'UPDATE'
}

export interface Reason {
  /** E.g. CREATE_FAILED. */
  readonly status: string
  readonly text: string
}

const mostProgress = 20
const mostReasons = 10

/** The handle after further events. Pure. */
export function withEvents(handle: StackHandle, events: readonly StackEvent[]): StackHandle {
  const last = events.at(-1)
  if (!last) return handle
  const reasons = events
    .filter(event => isCause(event, handle.stack))
    .map(event => ({ status: event.ResourceStatus, text: reasonText(event) }))
  return {
    ...handle,
    since: last.EventId,
    progress: [...handle.progress, ...events.map(eventText)].slice(-mostProgress),
    reasons: [...handle.reasons, ...reasons].slice(0, mostReasons),
  }
}

/** The progress with one more line, the oldest left out where there are too many. Pure. */
export function withLine(progress: readonly string[], line: string): readonly string[] {
  return [...progress, line].slice(-mostProgress)
}

/** A failure of its own: not one that another resource's failure caused, nor the stack's, which says it all again. */
function isCause(
  { ResourceStatus, ResourceStatusReason = '', PhysicalResourceId }: StackEvent,
  stack: string,
): boolean {
  const followed = /(?:creation|update|operation) cancelled/i.test(ResourceStatusReason)
  return ResourceStatus.endsWith('_FAILED') && PhysicalResourceId !== stack && !followed
}

function reasonText({ LogicalResourceId, ResourceType, ResourceStatusReason }: StackEvent): string {
  return `${ResourceType} ${LogicalResourceId}: ${ResourceStatusReason ?? 'CloudFormation gives no reason'}`
}

function eventText(event: StackEvent): string {
  const { Timestamp, ResourceStatus, LogicalResourceId, ResourceType, ResourceStatusReason } = event
  const reason = ResourceStatusReason ? `: ${ResourceStatusReason}` : ''
  return `${Timestamp.toISOString()} ${ResourceStatus} ${ResourceType} ${LogicalResourceId}${reason}`
}
