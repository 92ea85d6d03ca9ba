import { type EngineWork, workflowToken } from '../../catalog/engine-work.ts'
import type { Signal } from '../../catalog/execution.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { RecordOutput } from '../../model/generated/servicecatalog.ts'
import type { EngineProgress, EngineRequest } from '../engine.ts'
import { operationMessage } from './message.ts'
import { message } from './outputs.ts'

/** Puts a message into a queue; one with a deduplication id that was there before is not put in again. */
export type SendMessage = (scope: Scope, queue: string, body: object, deduplicationId: string) => Promise<unknown>

export interface PullHandle {
  readonly transport: 'pull'
  readonly token: string
  readonly recordId: string
}

/** AWS's names, which its engines read from. */
const queues: Record<Exclude<EngineWork, 'action'>, string> = {
  provision: 'ServiceCatalogExternalProvisionOperationQueue',
  update: 'ServiceCatalogExternalUpdateOperationQueue',
  terminate: 'ServiceCatalogExternalTerminateOperationQueue',
}

/**
 * EXTERNAL engines that take their work from AWS's queues and tell the result with the three Notify operations, whose
 * answer reaches us as the signal EngineResult.
 */
export class PullTransport {
  readonly #sendMessage: SendMessage

  constructor(sendMessage: SendMessage) {
    this.#sendMessage = sendMessage
  }

  async start(request: EngineRequest): Promise<EngineProgress> {
    const { work, token, recordId, accountId, region } = request
    if (work === 'action') return { state: 'failed', message: noActions(request.engineName) }
    await this.#sendMessage({ accountId, region }, queues[work], operationMessage(request), token)
    const handle: PullHandle = { transport: 'pull', token, recordId }
    return { state: 'running', handle }
  }

  async poll(handle: PullHandle, signals: readonly Signal[]): Promise<EngineProgress> {
    // Engines repeat themselves: the first answer counts.
    const signal = signals.find(
      ({ type, payload }) =>
        type === 'EngineResult' &&
        payload['recordId'] === handle.recordId &&
        payload['token'] === workflowToken(handle.token),
    )
    if (!signal) return { state: 'running', handle }
    const { status, failureReason, outputs } = signal.payload
    if (status === 'SUCCEEDED') {
      return { state: 'succeeded', outputs: (outputs as readonly RecordOutput[] | undefined) ?? [] }
    }
    const reason = failureReason ? `: ${failureReason}` : ' and gave no reason'
    return { state: 'failed', message: message(`The external engine reported a failure${reason}`) }
  }
}

function noActions(engineName: string | undefined): string {
  const engine = engineName
    ? `Engine ${engineName}, which the product names, is not configured`
    : 'The product names no engine (tag bellhop:engine)'
  return `${engine}, and engines that pull their work cannot run service actions: AWS's contract has none`
}
