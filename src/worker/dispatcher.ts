import type { Storage } from '../storage/storage.ts'
import type { Clock } from './clock.ts'
import type { Worker } from './worker.ts'

/** Says when which execution is advanced. */
export interface Dispatcher {
  start(): Promise<void>
  /** The execution has something to do: it was accepted, signalled or told to stop, or its work has ended. */
  wake(executionId: string): void
  /** Resolves when nothing is being advanced any more; actions in hand are ended and will be taken up again. */
  stop(): Promise<void>
}

/**
 * Says when which execution is advanced, in one process: after a commit that wakes it, when the time has come that it
 * waits for, and at start for everything that has not ended.
 */
export class InProcessDispatcher implements Dispatcher {
  readonly #worker: Worker
  readonly #storage: Storage
  readonly #clock: Clock
  /** How many executions are advanced at once; the others wait their turn, first come first served. */
  readonly #most: number
  readonly #queue = new Set<string>()
  readonly #running = new Map<string, Promise<void>>()
  /** Woken while they were running: looked at once more. */
  readonly #again = new Set<string>()
  readonly #timers = new Map<string, () => void>()
  #stopped = false

  constructor(worker: Worker, storage: Storage, clock: Clock, most = 64) {
    this.#worker = worker
    this.#storage = storage
    this.#clock = clock
    this.#most = most
  }

  /** Takes up everything that has not ended. Work that is under way (an engine's process) is looked at once, at least. */
  async start(): Promise<void> {
    for (const { id } of await this.#storage.executions.unfinished()) this.wake(id)
  }

  /** The execution has something to do: it was accepted, signalled or told to stop, or its work has ended. */
  wake(executionId: string): void {
    if (this.#stopped) return
    this.#timers.get(executionId)?.()
    this.#timers.delete(executionId)
    if (this.#running.has(executionId)) {
      this.#again.add(executionId)
      void this.#worker.notice(executionId).catch(() => {})
      return
    }
    this.#queue.add(executionId)
    this.#next()
  }

  /** Resolves when nothing is being advanced any more; actions in hand are ended and will be taken up at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#queue.clear()
    for (const callOff of this.#timers.values()) callOff()
    this.#timers.clear()
    this.#worker.stop()
    await Promise.all(this.#running.values())
  }

  /** Resolves when nothing runs, is due or waits for its turn; waiting for a time or a signal counts as nothing. */
  async idle(): Promise<void> {
    while (this.#running.size > 0 || this.#queue.size > 0) await Promise.all(this.#running.values())
  }

  #next(): void {
    for (const executionId of this.#queue) {
      if (this.#running.size >= this.#most) return
      this.#queue.delete(executionId)
      this.#running.set(executionId, this.#run(executionId))
    }
  }

  async #run(executionId: string): Promise<void> {
    const advance = await this.#worker.advance(executionId)
    this.#running.delete(executionId)
    if (this.#stopped) return
    for (const other of advance.wake ?? []) this.wake(other)
    if (this.#again.delete(executionId) && advance.state !== 'ended') this.#queue.add(executionId)
    else if (advance.state === 'waiting' && advance.wakeAt !== undefined) {
      this.#timers.set(
        executionId,
        this.#clock.at(advance.wakeAt, () => this.wake(executionId)),
      )
    }
    this.#next()
  }
}
