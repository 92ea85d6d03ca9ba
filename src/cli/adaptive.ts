/**
 * The adaptive retry mode: a client that was throttled sends no faster than what the service last took, and grows its
 * rate again along a cubic curve. Source: botocore's retries (adaptive, throttling, bucket); rates are requests a second,
 * moments are seconds.
 */
const SMOOTHING = 0.8
const BUCKETS_PER_SECOND = 2
const MIN_RATE = 0.5
const MAX_ADJUST = 2
const BETA = 0.7
const SCALE = 0.4

export interface LimiterClock {
  /** Seconds. */
  readonly now: () => number
  /** Milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>
}

export class ClientRateLimiter {
  readonly #clock: LimiterClock
  readonly #bucket: TokenBucket
  #enabled = false

  // The rate as measured.
  #measured = 0
  #count = 0
  #lastBucket: number

  // The cubic curve.
  #maxRate = 0
  #zeroPoint = 0
  #lastFailure: number

  constructor(clock: LimiterClock) {
    this.#clock = clock
    this.#bucket = new TokenBucket(clock)
    this.#lastBucket = Math.floor(clock.now())
    this.#lastFailure = clock.now()
  }

  /** The rate at which requests may leave; before the service throttled one, any. */
  get rate(): number {
    return this.#enabled ? this.#bucket.rate : Number.POSITIVE_INFINITY
  }

  /** Wait until the next request may be sent. Resolves with the milliseconds it waited. */
  async acquire(): Promise<number> {
    return this.#enabled ? this.#bucket.acquire() : 0
  }

  /** Learn from an answer, or from the lack of one. */
  answered(throttled: boolean): void {
    const measured = this.#measure()
    const now = this.#clock.now()
    let rate: number
    if (throttled) {
      const last = this.#enabled ? Math.min(measured, this.#bucket.rate) : measured
      this.#maxRate = last
      this.#zeroPoint = Math.cbrt((this.#maxRate * (1 - BETA)) / SCALE)
      this.#lastFailure = now
      this.#enabled = true
      rate = last * BETA
    } else {
      rate = SCALE * (now - this.#lastFailure - this.#zeroPoint) ** 3 + this.#maxRate
    }
    this.#bucket.setRate(Math.min(rate, MAX_ADJUST * measured))
  }

  #measure(): number {
    const bucket = Math.floor(this.#clock.now() * BUCKETS_PER_SECOND) / BUCKETS_PER_SECOND
    this.#count += 1
    if (bucket > this.#lastBucket) {
      const current = this.#count / (bucket - this.#lastBucket)
      this.#measured = current * SMOOTHING + this.#measured * (1 - SMOOTHING)
      this.#count = 0
      this.#lastBucket = bucket
    }
    return this.#measured
  }
}

/** Tokens come at a rate of their own, and one is taken for every request. */
class TokenBucket {
  readonly #clock: LimiterClock
  rate = 1
  #capacity = 1
  #tokens = 0
  #lastFill: number
  /** Callers that wait do so one after the other. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(clock: LimiterClock) {
    this.#clock = clock
    this.#lastFill = clock.now()
  }

  setRate(wanted: number): void {
    this.#fill()
    this.rate = Math.max(wanted, MIN_RATE)
    this.#capacity = Math.max(wanted, 1)
    this.#tokens = Math.min(this.#tokens, this.#capacity)
  }

  acquire(): Promise<number> {
    const turn = this.#queue.then(() => this.#take())
    this.#queue = turn.catch(() => {})
    return turn
  }

  async #take(): Promise<number> {
    this.#fill()
    let waited = 0
    // A clock that does not move while we sleep must not hold the caller for ever.
    for (let rounds = 0; this.#tokens < 1 && rounds < 100; rounds += 1) {
      const milliseconds = Math.ceil(((1 - this.#tokens) / this.rate) * 1000)
      await this.#clock.sleep(milliseconds)
      waited += milliseconds
      this.#fill()
    }
    this.#tokens = Math.max(0, this.#tokens - 1)
    return waited
  }

  #fill(): void {
    const now = this.#clock.now()
    this.#tokens = Math.min(this.#capacity, this.#tokens + Math.max(0, now - this.#lastFill) * this.rate)
    this.#lastFill = now
  }
}
