import type { ActivityType } from '../model/generated/bellhop.ts'
import type { Signal } from './execution.ts'
import type { Scope } from './scope.ts'

/**
 * What somebody did to an execution that was under way: an answer to a step, or a stop. The journal keeps signals as long as
 * the execution; this is kept as long as records are, for whoever asks later who did what.
 */
export interface Intervention {
  readonly scope: Scope
  readonly id: string
  readonly type: InterventionType
  readonly at: Date
  /** The ARN of whoever did it. */
  readonly by: string
  readonly executionId: string
  readonly documentName: string
  /** Who started the execution, whose affair it is. */
  readonly startedBy: string
  readonly roleArn?: string
  /** The record behind the execution, or behind the one that began it. */
  readonly recordId?: string
  readonly provisionedProductId?: string
  readonly provisionedProductName?: string
  readonly productId?: string
  readonly stepName?: string
  readonly comment?: string
}

export type InterventionType = Exclude<ActivityType, `${string}_PRODUCT${string}`>

/** Signals that people send; engines send the others. */
const ofSignals: Readonly<Partial<Record<Signal['type'], InterventionType>>> = {
  Approve: 'APPROVE',
  Reject: 'REJECT',
  Resume: 'RESUME',
  StartStep: 'START_STEP',
  StopStep: 'STOP_STEP',
}

/** What a signal is as an intervention; undefined for what no person sends. */
export function interventionOf(
  signal: Pick<Signal, 'type' | 'payload' | 'sentBy' | 'sentAt'>,
): Pick<Intervention, 'type' | 'by' | 'at' | 'stepName' | 'comment'> | undefined {
  const type = ofSignals[signal.type]
  if (type === undefined) return undefined
  const { stepName, Comment } = signal.payload
  const comment = Array.isArray(Comment) ? Comment.map(String).join('\n') : undefined
  return {
    type,
    by: signal.sentBy,
    at: signal.sentAt,
    ...(typeof stepName === 'string' && { stepName }),
    ...(comment !== undefined && { comment }),
  }
}
