import type { Storage } from '../storage/storage.ts'
import type { Due } from '../storage/verbs/executions.ts'
import type { Clock } from './clock.ts'
import type { Turns } from './turns.ts'
import type { Worker } from './worker.ts'

/** Says when which execution is advanced. */
export interface Dispatcher {
  start(): Promise<void>
  /** The execution has something to do: it was accepted, signalled or told to stop, or its work has ended. */
  wake(executionId: string): void
  /** Resolves when nothing is being advanced any more; actions in hand are ended and will be taken up again. */
  stop(): Promise<void>
}

/** How many of those that had not ended at the start are read at once. */
const batch = 256

/** Milliseconds: when a batch is read again that storage could not give. */
const readAgain = 5_000

/**
 * Says when which execution is advanced, in one process: after a commit that wakes it, when the time has come that it
 * waits for, and after a start for everything that has not ended, some at a time.
 */
export class InProcessDispatcher implements Dispatcher {
  readonly #worker: Worker
  readonly #storage: Storage
  readonly #clock: Clock
  /** How many executions are advanced at once; the others wait their turn, first come first served. */
  readonly #most: number
  /** Whether one more may begin while requests come in. */
  readonly #turns: Pick<Turns, 'take'>
  readonly #queue = new Set<string>()
  readonly #running = new Map<string, Promise<void>>()
  /** Woken while they were running: looked at once more. */
  readonly #again = new Set<string>()
  readonly #timers = new Map<string, () => void>()
  /** Those that had not ended at the start are read after this one; undefined: all have been. */
  #readTo: Due | undefined
  #reading: Promise<void> | undefined
  #stopped = false

  constructor(
    worker: Worker,
    storage: Storage,
    clock: Clock,
    most = 64,
    turns: Pick<Turns, 'take'> = { take: () => true },
  ) {
    this.#worker = worker
    this.#storage = storage
    this.#clock = clock
    this.#most = most
    this.#turns = turns
  }

  /**
   * Takes up everything that has not ended, the most urgent first, and the rest as there is room: however many they are,
   * the server is ready at once. Work that is under way (an engine's process) is looked at once, at least.
   */
  async start(): Promise<void> {
    await this.#read()
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
    await Promise.all([...this.#running.values(), this.#reading])
  }

  /** Resolves when nothing runs, is due or waits for its turn; waiting for a time or a signal counts as nothing. */
  async idle(): Promise<void> {
    while (this.#running.size > 0 || this.#queue.size > 0 || this.#reading) {
      await Promise.all([...this.#running.values(), this.#reading])
    }
  }

  #next(): void {
    for (const executionId of this.#queue) {
      if (this.#running.size >= this.#most) return
      if (!this.#turns.take(() => this.#next())) return
      this.#queue.delete(executionId)
      this.#running.set(executionId, this.#run(executionId))
    }
    if (!this.#readTo || this.#reading || this.#stopped) return
    this.#read().catch(() => {
      // Called off like the other timers; no execution has this key.
      this.#timers.set(
        '',
        this.#clock.at(this.#clock.now().getTime() + readAgain, () => this.#next()),
      )
    })
  }

  /** Takes up the next batch of what had not ended at the start. */
  #read(): Promise<void> {
    const read = this.#readOn()
    this.#reading = read.catch(() => {}).finally(() => (this.#reading = undefined))
    return read.then(() => this.#next())
  }

  async #readOn(): Promise<void> {
    const found = await this.#storage.executions.unfinished({ after: this.#readTo, most: batch })
    this.#readTo = found.length === batch ? found.at(-1) : undefined
    for (const { id } of found) this.wake(id)
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
