import type { SqliteDriver } from '../../src/storage/sqlite/driver.ts'
import { type Driver, isWake, type Steps, type Verb } from '../../src/storage/verb.ts'
import type { Random } from './random.ts'

export interface Faults {
  /** How often a write fails without having happened, and how often it happens and the answer is lost. */
  readonly refused: number
  readonly unanswered: number
}

/**
 * The database as one process has it: writes fail, answers get lost, and what a process that died had not got synced never
 * happened. A frozen process gets its answers when it is woken.
 */
export class FaultyDriver implements Driver {
  faults: Faults = { refused: 0, unanswered: 0 }
  readonly #database: SqliteDriver
  readonly #random: Random
  /** Told what a verb has woken, once it is committed. */
  readonly #woken: (executionId: string) => void
  #dead = false
  #thaw: PromiseWithResolvers<void> | undefined
  #freezeAfterCommit = false

  constructor(database: SqliteDriver, random: Random, woken: (executionId: string) => void) {
    this.#database = database
    this.#random = random
    this.#woken = woken
  }

  /** From now on nothing that this process does reaches the database, and it hears of nothing. */
  die(): void {
    this.#dead = true
  }

  /** At once, or between the commit of its next write and the moment when it hears of it. */
  freeze(when: 'now' | 'after a commit'): void {
    if (when === 'now') this.#thaw ??= Promise.withResolvers()
    else this.#freezeAfterCommit = true
  }

  wake(): void {
    this.#freezeAfterCommit = false
    this.#thaw?.resolve()
    this.#thaw = undefined
  }

  async execute<Arguments extends readonly unknown[], Result>(
    verb: Verb<Arguments, Result>,
    args: Arguments,
  ): Promise<Result> {
    await this.#awake()
    // A write that waits for its group's sync when the process dies never happened.
    if (verb.kind === 'write' && this.#random.chance(this.faults.refused)) throw new Error('disk full (simulated)')
    const wakes: string[] = []
    const result = await this.#database.execute(
      { kind: verb.kind, steps: () => noting(verb.steps(...args), wakes) },
      [],
    )
    for (const executionId of wakes) this.#woken(executionId)
    if (verb.kind === 'write' && this.#freezeAfterCommit) this.freeze('now')
    // Committed; now the process may be frozen or dead before it hears of it.
    await this.#awake()
    if (verb.kind === 'write' && this.#random.chance(this.faults.unanswered)) {
      throw new Error('connection lost after the commit (simulated)')
    }
    return result
  }

  async close(): Promise<void> {}

  async #awake(): Promise<void> {
    await this.#thaw?.promise
    if (this.#dead) await new Promise(() => {})
  }
}

function* noting<Result>(steps: Steps<Result>, wakes: string[]): Steps<Result> {
  let next = steps.next()
  while (!next.done) {
    if (isWake(next.value)) wakes.push(next.value.wake)
    next = steps.next(yield next.value)
  }
  return next.value
}
