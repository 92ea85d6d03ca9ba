import { type Execution, isEnded } from '../catalog/execution.ts'
import { type LimitKeys, type Limits, mostOf } from '../catalog/limits.ts'
import type { Storage } from '../storage/storage.ts'
import type { Entering, Leaving } from '../storage/verbs/places.ts'
import { depthOf } from './child.ts'
import type { Clock } from './clock.ts'
import { executionLine } from './line.ts'

export interface GateOptions {
  readonly limits: Limits
  readonly storage: Storage
  readonly clock: Clock
  /** A name that no other process has, and no earlier run of this one. */
  readonly name: string
  /** 0 to 1. */
  readonly random: () => number
  /** Tells the dispatcher that an execution has something to do. */
  readonly wake: (executionId: string) => void
  readonly report: (message: string, error: unknown) => void
  readonly observer?: GateObserver | undefined
}

export interface GateObserver {
  /** It has come into the line. */
  waits(execution: Execution, keys: LimitKeys): void
}

/** Milliseconds. */
const sweepEvery = 60_000
const tryAgain = 5_000
/** Executions that come in one transaction. */
const batch = 100

interface Coming {
  readonly entering: Entering
  readonly resolve: (goesOn: boolean) => void
  readonly reject: (error: unknown) => void
}

/**
 * Where executions wait while as many as the limits allow are under way. Places and lines are rows, so the limits hold over
 * all nodes. A process has one transaction of them at a time, for all who came meanwhile: if each wrote for itself they would
 * be in each other's way, since what they look at are the same few counts.
 */
export class Gate {
  readonly #options: GateOptions
  /** Places that this process has, by execution, with the name that each was taken under. */
  readonly #held = new Map<string, string>()
  /** Let through without a place, since they were told to stop. */
  readonly #passed = new Set<string>()
  #coming: Coming[] = []
  #leaving: Leaving[] = []
  #asked = false
  /** Settled when what has come and left until now is written down. */
  #done = Promise.withResolvers<void>()
  #turning = false
  #taken = 0
  readonly #timers = new Map<'sweep' | 'again', () => void>()
  #stopped = false

  constructor(options: GateOptions) {
    this.#options = options
  }

  /**
   * Gives out what is free, also by a limit that was raised or taken away, and takes back what those left behind who died
   * before they could; again every minute.
   */
  async start(): Promise<void> {
    const { storage, clock, random, report } = this.#options
    await storage.places.sweep().catch(error => report('Places that nobody needs could not be taken back.', error))
    await this.#turn()
    this.#at('sweep', clock.now().getTime() + sweepEvery * (0.5 + random()), () => this.start())
  }

  stop(): void {
    this.#stopped = true
    for (const callOff of this.#timers.values()) callOff()
  }

  /**
   * Whether an execution may go on; otherwise it stands in its line now, and will be woken. `epoch` is that of the claim this
   * process has on it: when another has been at it since, a place that this process had is no longer its own.
   */
  async enter(executionId: string, epoch: number | undefined): Promise<boolean> {
    const { storage, limits, observer } = this.#options
    const execution = await storage.executions.get(executionId)
    if (!execution || (this.#held.has(executionId) && execution.epoch === epoch)) return true
    const keys = await executionLine(execution, limits, storage)
    if (!keys) return true
    if (isEnded(execution.status) || execution.stop) {
      // To come to its end it needs no place, and nobody is to wait behind it.
      this.#passed.add(executionId)
      await this.#leave({ executionId, how: 'waiting' })
      return true
    }
    this.#taken += 1
    const holder = `${this.#options.name}-${this.#taken}`
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    const entering: Entering = {
      executionId,
      keys,
      resumed: execution.status !== 'Pending' || depthOf(execution) > 0,
      acceptedAt: execution.createdAt.getTime(),
      holder,
    }
    this.#coming.push({ entering, resolve, reject })
    void this.#turn()
    const goesOn = await promise
    if (goesOn) this.#held.set(executionId, holder)
    else observer?.waits(execution, keys)
    return goesOn
  }

  /** The name that this process's place of an execution was taken under; undefined: it has none. */
  holderOf(executionId: string): string | undefined {
    return this.#held.get(executionId)
  }

  /** The execution has ended, or nothing is done for it meanwhile: its place is for the next. Never rejects. */
  async leave(executionId: string, state: 'ended' | 'waiting'): Promise<void> {
    const holder = this.#held.get(executionId)
    const hadPassed = this.#passed.has(executionId)
    this.lost(executionId)
    if (state === 'ended' && (holder !== undefined || hadPassed)) await this.#leave({ executionId, how: 'ended' })
    else if (holder !== undefined) await this.#leave({ executionId, how: { holder } })
  }

  /** Another process has taken the execution over, and its place with it. */
  lost(executionId: string): void {
    this.#held.delete(executionId)
    this.#passed.delete(executionId)
  }

  #leave(leaving: Leaving): Promise<void> {
    this.#leaving.push(leaving)
    return this.#turn()
  }

  /** Resolves when what has come and left until now is written down, or will be tried again. */
  #turn(): Promise<void> {
    this.#asked = true
    const { promise } = this.#done
    if (!this.#turning) void this.#turns()
    return promise
  }

  async #turns(): Promise<void> {
    this.#turning = true
    // Those who come in the same moment are of one transaction.
    await null
    while (this.#asked) {
      const done = this.#done
      this.#done = Promise.withResolvers()
      this.#asked = false
      await this.#once()
      done.resolve()
    }
    this.#turning = false
  }

  async #once(): Promise<void> {
    const { storage, limits, clock, wake, report } = this.#options
    const coming = this.#coming.splice(0, batch)
    const leaving = this.#leaving.splice(0)
    try {
      const entering = coming.map(each => each.entering)
      const turn = await storage.places.turn({ entering, leaving }, key => mostOf(limits, key), clock.now())
      for (const { entering, resolve } of coming) resolve(turn.holding.has(entering.executionId))
      for (const id of turn.woken) wake(id)
      if (turn.more || this.#coming.length > 0) this.#asked = true
    } catch (error) {
      for (const { reject } of coming) reject(error)
      this.#leaving.unshift(...leaving)
      report('Places could not be given or taken back.', error)
      this.#at('again', clock.now().getTime() + tryAgain, () => this.#turn())
    }
  }

  #at(name: 'sweep' | 'again', time: number, work: () => Promise<void>): void {
    if (this.#stopped) return
    this.#timers.get(name)?.()
    this.#timers.set(
      name,
      this.#options.clock.at(time, () => void work()),
    )
  }
}
