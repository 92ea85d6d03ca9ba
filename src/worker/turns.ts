/** What the rule below needs of the event loop; handed in, so that tests decide when which turn comes. */
export interface Loop {
  /** Milliseconds since some moment. */
  now(): number
  /** Calls back in this turn of the loop, once all requests that it has brought have been taken in. */
  afterRequests(work: () => void): void
  /** Calls back after so many milliseconds; the answer calls it off. */
  after(milliseconds: number, work: () => void): () => void
}

const eventLoop: Loop = {
  now: () => performance.now(),
  afterRequests: work => void setImmediate(work),
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** Requests for each of which one execution is begun as long as requests keep coming. */
const share = 4

/** Executions that begin in one turn when no request is waited for. */
const bite = 16

/** Milliseconds: requests are waited for no longer than this. */
const longestWait = 8

/** How much the last gap between two requests counts for what is expected of the next. */
const weight = 0.2

/** After a wait in vain, nothing is waited for so many times. */
const unwaited = 16

/**
 * When executions that wait may begin, in a process that answers requests, too. Requests go first: as long as their writes
 * keep coming, one execution for every four of those that wait for the same commit is begun, and one with each commit at
 * least. So executions have a share that nothing takes from them, and what they write is synced together with the requests.
 * When no further write comes in twice the time that lies between two of them, all that wait are begun, some in each
 * turn; and since whoever waits for an execution sends nothing meanwhile, those that follow do not wait again for some time.
 */
export class Turns {
  readonly #loop: Loop
  /** Writes of requests that wait for their commit. */
  #waiting = 0
  /** When the last one came, and when one was done last. */
  #cameAt = Number.NEGATIVE_INFINITY
  #doneAt = Number.NEGATIVE_INFINITY
  /** Milliseconds between two, on average. */
  #gap = longestWait
  /** How many times more nothing is waited for. */
  #unwaited = 0
  #hasWaited = false
  /** Executions that were begun beside the requests that wait. */
  #shared = 0
  /** Executions that may still begin in this turn. */
  #granted = 0
  /** Begins more of those that were refused. */
  #held: (() => void) | undefined
  #isDue = false
  #callOff = () => {}

  constructor(loop = eventLoop) {
    this.#loop = loop
  }

  /** A request has something to write; what this answers is called once that is committed, or has failed. */
  wrote(): () => void {
    const now = this.#loop.now()
    this.#gap += weight * (Math.min(now - this.#cameAt, 2 * longestWait) - this.#gap)
    this.#cameAt = now
    this.#waiting += 1
    if (this.#held) this.#decideSoon()
    return () => {
      this.#waiting -= 1
      this.#doneAt = this.#loop.now()
      if (this.#waiting > 0) return
      this.#shared = 0
      if (this.#held) this.#decideSoon()
    }
  }

  /** Whether one more execution may begin now; if not, `again` is called when one may. */
  take(again: () => void): boolean {
    if (this.#granted > 0) {
      this.#granted -= 1
      return true
    }
    this.#held = again
    this.#decideSoon()
    return false
  }

  /** Milliseconds until no further request is expected. */
  #wait(): number {
    const wait = 2 * this.#gap
    if (wait > longestWait || this.#unwaited > 0) return 0
    return Math.max(0, Math.max(this.#cameAt, this.#doneAt) + wait - this.#loop.now())
  }

  #decideAfter(milliseconds: number): void {
    this.#hasWaited = true
    // A commit holds the loop up: what has come meanwhile is taken in first.
    this.#callOff = this.#loop.after(milliseconds, () => this.#decideSoon())
  }

  #decideSoon(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#callOff()
    this.#loop.afterRequests(() => {
      this.#isDue = false
      const isCalm = this.#waiting === 0
      const wait = this.#wait()
      if (isCalm && wait > 0) return this.#decideAfter(wait)
      if (isCalm) this.#unwaited = this.#hasWaited ? unwaited : Math.max(0, this.#unwaited - 1)
      this.#hasWaited = false
      const most = isCalm ? bite : Math.max(1, Math.floor(this.#waiting / share)) - this.#shared
      // The next request, or the commit, makes room for more.
      if (most <= 0) return
      const again = this.#held
      this.#held = undefined
      this.#granted = most
      again?.()
      if (!isCalm) this.#shared += most - this.#granted
      this.#granted = 0
    })
  }
}
