import type { Job, Jobs } from '../../src/storage/jobs.ts'
import type { ManualClock } from '../../src/worker/testing.ts'

interface Row {
  readonly id: string
  readonly executionId: string
  startAfter: number
  /** Undefined: nobody has it in hand. */
  heartbeatAt: number | undefined
  /** Who fetched it last: the function that it was told by whether that process is alive. */
  holder?: () => Promise<void>
  attempt: number
}

type Unfinished = () => Promise<readonly { readonly id: string; readonly run_at: number | null }[]>

/** Milliseconds. */
const heartbeat = 10_000

/** The queue that many processes share, as pg-boss keeps it: jobs in hand come back when nobody touches them. */
export class SimulatedJobs {
  readonly #clock: ManualClock
  readonly #rows = new Map<string, Row>()
  readonly #listeners = new Set<(executionId: string | undefined) => void>()
  readonly #unfinished: Unfinished
  #count = 0

  constructor(clock: ManualClock, unfinished: Unfinished) {
    this.#clock = clock
    this.#unfinished = unfinished
  }

  send(executionId: string, startAfter = 0): void {
    this.#count += 1
    const id = `job-${this.#count}`
    this.#rows.set(id, { id, executionId, startAfter, heartbeatAt: undefined, attempt: 0 })
    if (startAfter === 0) for (const listener of this.#listeners) queueMicrotask(() => listener(executionId))
  }

  /** The queue as one process has it; `alive` tells whether the process still can say anything. */
  of(alive: () => Promise<void>): Jobs {
    let listener: ((executionId: string | undefined) => void) | undefined
    const held = ({ id, attempt }: Job) => {
      const row = this.#rows.get(id)
      return row?.heartbeatAt !== undefined && row.attempt === attempt ? row : undefined
    }
    return {
      fetch: async most => {
        await alive()
        const jobs = this.#fetch(most, alive)
        await alive()
        return jobs
      },
      complete: async job => {
        await alive()
        if (held(job)) this.#rows.delete(job.id)
      },
      giveBack: async job => {
        await alive()
        const row = held(job)
        if (!row) return
        row.heartbeatAt = undefined
        row.attempt += 1
      },
      touch: async jobs => {
        await alive()
        const touched = new Set<string>()
        for (const job of jobs) {
          const row = held(job)
          if (!row) continue
          row.heartbeatAt = this.#clock.now().getTime()
          touched.add(job.id)
        }
        await alive()
        return touched
      },
      sendAt: async (executionId, at) => {
        await alive()
        this.send(executionId, at)
      },
      sweep: async before => {
        await alive()
        const known = new Set([...this.#rows.values()].map(({ executionId }) => executionId))
        for (const { id, run_at } of await this.#unfinished()) {
          if (run_at !== null && run_at < before && !known.has(id)) this.send(id)
        }
      },
      listen: async notice => {
        listener = notice
        this.#listeners.add(notice)
      },
      close: async () => {
        if (listener) this.#listeners.delete(listener)
      },
    }
  }

  /** The process that has an execution in hand. */
  holder(executionId: string): (() => Promise<void>) | undefined {
    const rows = [...this.#rows.values()]
    return rows.find(row => row.executionId === executionId && row.heartbeatAt !== undefined)?.holder
  }

  #fetch(most: number, holder: () => Promise<void>): Job[] {
    const now = this.#clock.now().getTime()
    for (const row of this.#rows.values()) {
      if (row.heartbeatAt === undefined || now - row.heartbeatAt <= heartbeat) continue
      row.heartbeatAt = undefined
      row.attempt += 1
    }
    const inHand = new Set<string>()
    for (const row of this.#rows.values()) if (row.heartbeatAt !== undefined) inHand.add(row.executionId)
    const fetched: Job[] = []
    for (const row of this.#rows.values()) {
      if (fetched.length >= most) break
      if (row.heartbeatAt !== undefined || row.startAfter > now || inHand.has(row.executionId)) continue
      row.heartbeatAt = now
      row.holder = holder
      inHand.add(row.executionId)
      fetched.push({ id: row.id, executionId: row.executionId, attempt: row.attempt })
    }
    return fetched
  }
}
