import type { Job, Jobs } from '../storage/jobs.ts'
import type { Clock } from './clock.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Worker } from './worker.ts'

export interface DistributedOptions {
  readonly worker: Worker
  readonly jobs: Jobs
  readonly clock: Clock
  readonly report: (message: string, error: unknown) => void
  /** 0 to 1. */
  readonly random: () => number
  /** How many executions this process advances at once. */
  readonly most?: number
}

/** Milliseconds. */
const pollEvery = 500
const touchEvery = 3_000
const sweepEvery = 30_000
/** What waits for less stays here, with its job, instead of going round by the queue. */
const shortWait = 5_000
/** Work that is due for so long and has no job lost it. */
const overdue = 60_000

/** A job in hand: being advanced, or waiting here for a short time. */
interface Held {
  job: Job
  running: boolean
  /** Woken while it ran: to be looked at once more. */
  again: boolean
  callOff: () => void
}

/**
 * Says when which execution is advanced, in one of many processes over one database: jobs are fetched as slots get free,
 * when a notice comes and every half second, since a job that comes back from a dead process gives no notice. A process
 * that dies leaves jobs that nobody touches, which come back by themselves.
 */
export class DistributedDispatcher implements Dispatcher {
  readonly #options: DistributedOptions
  readonly #most: number
  readonly #held = new Map<string, Held>()
  readonly #timers = new Map<string, () => void>()
  readonly #settling = new Set<Promise<void>>()
  #fetching: Promise<void> | undefined
  #fetchAgain = false
  #stopped = false

  constructor(options: DistributedOptions) {
    this.#options = options
    this.#most = options.most ?? 64
  }

  async start(): Promise<void> {
    await this.#options.jobs.listen(executionId => this.#notice(executionId))
    this.#every('poll', pollEvery, async () => this.#fetch())
    this.#every('touch', touchEvery, async () => {
      const jobs = [...this.#held.values()].map(({ job }) => job)
      if (jobs.length > 0) await this.#options.jobs.touch(jobs)
    })
    this.#every('sweep', sweepEvery, () => this.#options.jobs.sweep(this.#options.clock.now().getTime() - overdue))
  }

  /** Storage has put a job into the queue; this tells that it may be there. Work of this process's own that ended, too. */
  wake(executionId: string): void {
    this.#notice(executionId)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const callOff of this.#timers.values()) callOff()
    this.#timers.clear()
    this.#options.worker.stop()
    await this.#fetching
    for (const [executionId, held] of this.#held) if (!held.running) this.#letGo(executionId, held, 'give back')
    while (this.#held.size > 0 || this.#settling.size > 0) {
      await Promise.all(this.#settling)
      await new Promise(resolve => setImmediate(resolve))
    }
    await this.#options.jobs.close()
  }

  #notice(executionId: string | undefined): void {
    // Notices that were missed, all nodes missed at the same moment: the next poll finds what they were about.
    if (this.#stopped || executionId === undefined) return
    const held = this.#held.get(executionId)
    if (!held) this.#fetch()
    else if (!held.running) this.#run(executionId, held)
    else {
      held.again = true
      void this.#options.worker.notice(executionId).catch(() => {})
    }
  }

  #fetch(): void {
    if (this.#stopped) return
    if (this.#fetching) {
      this.#fetchAgain = true
      return
    }
    this.#fetching = this.#fetchOnce()
      .catch(error => this.#options.report('Jobs could not be fetched.', error))
      .finally(() => {
        this.#fetching = undefined
        if (!this.#fetchAgain) return
        this.#fetchAgain = false
        this.#fetch()
      })
  }

  async #fetchOnce(): Promise<void> {
    const running = [...this.#held.values()].filter(held => held.running).length
    const free = this.#most - running
    if (free <= 0) return
    const jobs = await this.#options.jobs.fetch(free)
    for (const job of jobs) {
      const known = this.#held.get(job.executionId)
      if (known?.running) {
        // It came back while we held it, since we were frozen: the newer job counts, and an execution is advanced once at a
        // time. Whether what runs is still ours, its claim tells.
        known.job = job
        known.again = true
        continue
      }
      known?.callOff()
      const held: Held = { job, running: false, again: false, callOff: () => {} }
      this.#held.set(job.executionId, held)
      this.#run(job.executionId, held)
    }
    if (jobs.length === free) this.#fetchAgain = true
  }

  #run(executionId: string, held: Held): void {
    held.callOff()
    held.running = true
    held.again = false
    this.#settle(this.#advance(executionId, held))
  }

  async #advance(executionId: string, held: Held): Promise<void> {
    const { worker, clock, jobs } = this.#options
    const advance = await worker.advance(executionId)
    if (this.#stopped) return this.#letGo(executionId, held, advance.state === 'ended' ? 'complete' : 'give back')
    if (held.again && advance.state !== 'ended') return this.#run(executionId, held)
    if (advance.state !== 'waiting') return this.#letGo(executionId, held, 'complete')
    const { wakeAt } = advance
    if (wakeAt !== undefined && wakeAt - clock.now().getTime() <= shortWait) {
      held.running = false
      held.callOff = clock.at(wakeAt, () => this.#run(executionId, held))
      this.#fetch()
      return
    }
    try {
      if (wakeAt !== undefined) await jobs.sendAt(executionId, wakeAt)
    } catch (error) {
      // Without the later job this one must not go: given back, it is looked at again.
      this.#options.report(`No job could be sent for execution ${executionId}.`, error)
      return this.#letGo(executionId, held, 'give back')
    }
    if (held.again) this.#run(executionId, held)
    else this.#letGo(executionId, held, 'complete')
  }

  #letGo(executionId: string, held: Held, how: 'complete' | 'give back'): void {
    held.callOff()
    if (this.#held.get(executionId) === held) this.#held.delete(executionId)
    const { jobs, report } = this.#options
    const done = how === 'complete' ? jobs.complete(held.job) : jobs.giveBack(held.job)
    // A job that could not be ended comes back in time, and whoever has it then finds nothing to do.
    this.#settle(done.catch(error => report(`The job of execution ${executionId} could not be ended.`, error)))
    this.#fetch()
  }

  #settle(work: Promise<void>): void {
    const settled = work.finally(() => this.#settling.delete(settled))
    this.#settling.add(settled)
  }

  /** About so often: nodes that are started together do not keep step. */
  #every(name: string, milliseconds: number, work: () => Promise<void>): void {
    const { clock, report, random } = this.#options
    const after = (wait: number) => {
      if (!this.#stopped) this.#timers.set(name, clock.at(clock.now().getTime() + Math.round(wait), round))
    }
    const round = async () => {
      await work().catch(error => report(`The dispatcher could not ${name}.`, error))
      after(milliseconds * (0.8 + 0.2 * random()))
    }
    after(milliseconds * random())
  }
}
