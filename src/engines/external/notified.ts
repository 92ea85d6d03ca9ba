import { workflowToken } from '../../catalog/engine-work.ts'
import type { Signal } from '../../catalog/execution.ts'
import type { RecordOutput } from '../../model/generated/servicecatalog.ts'
import type { EngineProgress } from '../engine.ts'
import { failed } from './result.ts'

/** Work whose result an engine tells by one of AWS's Notify operations. */
export interface NotifiedWork {
  readonly token: string
  readonly recordId: string
}

/** The result that an engine has told; undefined: none yet. Engines repeat themselves: the first answer counts. */
export function notified(work: NotifiedWork, signals: readonly Signal[]): EngineProgress | undefined {
  const signal = signals.find(
    ({ type, payload }) =>
      type === 'EngineResult' &&
      payload['recordId'] === work.recordId &&
      payload['token'] === workflowToken(work.token),
  )
  if (!signal) return undefined
  const { status, failureReason, outputs } = signal.payload
  if (status === 'SUCCEEDED') {
    return { state: 'succeeded', outputs: (outputs as readonly RecordOutput[] | undefined) ?? [] }
  }
  const reason = failureReason ? `: ${failureReason}` : ' and gave no reason'
  return failed(`The external engine reported a failure${reason}`)
}
