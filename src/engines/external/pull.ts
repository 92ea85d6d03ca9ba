import type { Signal } from '../../catalog/execution.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { EngineProgress, EngineRequest } from '../engine.ts'
import type { PullEngineConfig } from './config.ts'
import { operationMessage } from './message.ts'
import { type NotifiedWork, notified } from './notified.ts'
import { engineQueues, type QueueFamily } from './queues.ts'
import { failed } from './result.ts'
import type { NamedEngine, Transport, TransportHandle } from './transport.ts'

/** Puts a message into a queue; one with a deduplication id that was there before is not put in again. */
export type SendMessage = (scope: Scope, queue: string, body: object, deduplicationId: string) => Promise<unknown>

export interface PullHandle extends TransportHandle, NotifiedWork {
  readonly transport: 'pull'
  /** Milliseconds since 1970; absent: the engine has all the time it wants. */
  readonly deadline?: number
}

export interface PullOptions {
  readonly sendMessage: SendMessage
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Engines that take their work from AWS's queues, served by us, and tell the result with the three Notify
 * operations, whose answer reaches us as the signal EngineResult.
 */
export class PullTransport implements Transport<PullEngineConfig, PullHandle> {
  readonly #sendMessage: SendMessage
  readonly #now: () => number
  readonly #queues: ReturnType<typeof engineQueues>

  constructor({ sendMessage, now }: PullOptions, family: QueueFamily = 'External') {
    this.#sendMessage = sendMessage
    this.#now = now
    this.#queues = engineQueues(family)
  }

  /** Nothing can be asked of an engine that pulls. */
  async parameters(): Promise<undefined> {}

  async start({ name, config }: NamedEngine<PullEngineConfig>, request: EngineRequest): Promise<EngineProgress> {
    const { work, token, recordId, accountId, region } = request
    if (work === 'action') return failed(`Engine ${name} ${noActions}`)
    await this.#sendMessage({ accountId, region }, this.#queues[work], operationMessage(request), token)
    const handle: PullHandle = { transport: 'pull', engine: name, token, recordId, ...this.#deadline(config) }
    return { state: 'running', handle, wakeAt: handle.deadline }
  }

  async poll(handle: PullHandle, signals: readonly Signal[]): Promise<EngineProgress> {
    const told = notified(handle, signals)
    if (told) return told
    const { deadline, engine } = handle
    if (deadline !== undefined && this.#now() >= deadline) return failed(`Engine ${engine} told no result in time`)
    return { state: 'running', handle, wakeAt: deadline }
  }

  #deadline({ timeoutSeconds }: PullEngineConfig): { readonly deadline?: number } {
    return timeoutSeconds === undefined ? {} : { deadline: this.#now() + timeoutSeconds * 1000 }
  }
}

export const noActions = "cannot run service actions: AWS's contract for such engines has none"
