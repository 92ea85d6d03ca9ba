import type { Job, Jobs } from '../storage/jobs.ts'
import type { Clock } from './clock.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Worker } from './worker.ts'

export interface DistributedOptions {
  readonly worker: Worker
  readonly jobs: Jobs
  readonly clock: Clock
  /** Milliseconds that only go forward, whatever is done to the clock. */
  readonly monotonic: () => number
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
/** A job that was touched so long ago may be about to go to another: it is touched before an action starts. */
const leaseTime = 5_000
/** Work that is due for so long and has no job lost it. */
const overdue = 60_000

/** A job in hand: being advanced, or waiting here for a short time. */
interface Held {
  job: Job
  running: boolean
  /** Woken while it ran: to be looked at once more. */
  again: boolean
  callOff: () => void
  /** When it was fetched or touched last, as told by two clocks: neither counts while the whole machine sleeps, or is set. */
  touchedAt: Moment
  /** Somebody else has it, or will. */
  lost: boolean
}

interface Moment {
  readonly time: number
  readonly monotonic: number
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
      if (this.#held.size > 0) await this.#touch([...this.#held])
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
    const touchedAt = this.#moment()
    const jobs = await this.#options.jobs.fetch(free)
    for (const job of jobs) {
      const known = this.#held.get(job.executionId)
      if (known?.running) {
        // It came back while we held it, since we were frozen: the newer job counts, and an execution is advanced once at a
        // time. Whether what runs is still ours, its claim tells.
        known.job = job
        known.touchedAt = touchedAt
        known.again = true
        continue
      }
      known?.callOff()
      const held: Held = { job, running: false, again: false, callOff: () => {}, touchedAt, lost: false }
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
    const { job } = held
    const advance = await worker.advance(executionId, () => this.#mayStart(executionId, held, job))
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

  /** Says of jobs that they are still in hand. What is in hand of one that is another's by now is ended. */
  async #touch(some: readonly (readonly [string, Held])[]): Promise<void> {
    const touchedAt = this.#moment()
    const asked = some.map(([executionId, held]) => ({ executionId, held, job: held.job }))
    const left = await this.#options.jobs.touch(asked.map(({ job }) => job))
    for (const { executionId, held, job } of asked) {
      if (left.has(job.id)) held.touchedAt = touchedAt
      else if (held.job === job && this.#held.get(executionId) === held) {
        held.lost = true
        if (held.running) this.#options.worker.letGo(executionId)
        else this.#letGo(executionId, held, 'complete')
      }
    }
  }

  /**
   * Whether an action may start: at once as long as nobody else can have the job. One that came back meanwhile may have been
   * another's in between.
   */
  #mayStart(executionId: string, held: Held, job: Job): true | Promise<boolean> {
    if (held.job !== job) return Promise.resolve(false)
    const { time, monotonic } = this.#moment()
    const { touchedAt } = held
    if (Math.max(time - touchedAt.time, monotonic - touchedAt.monotonic) < leaseTime && !held.lost) return true
    return this.#touch([[executionId, held]]).then(() => !held.lost)
  }

  #moment(): Moment {
    return { time: this.#options.clock.now().getTime(), monotonic: this.#options.monotonic() }
  }

  #letGo(executionId: string, held: Held, how: 'complete' | 'give back'): void {
    held.callOff()
    if (this.#held.get(executionId) === held) {
      this.#held.delete(executionId)
      // Another node may have it from here to its end.
      this.#options.worker.forget(executionId)
    }
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
