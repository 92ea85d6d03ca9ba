/** Time as the worker needs it: handed in, so that tests move it and never wait. */
export interface Clock {
  now(): Date
  /** Calls `wake` once at that time (milliseconds since 1970), or soon when it has passed; the answer calls it off. */
  at(time: number, wake: () => void): () => void
}

/** Node's timers count milliseconds in 31 bits; a longer wait is taken in stretches. */
const longest = 2 ** 31 - 1

/** The machine's clock. Its timers keep no process alive. */
export const systemClock: Clock = {
  now: () => new Date(),
  at(time, wake) {
    let timer: NodeJS.Timeout
    const wait = () => {
      const left = time - Date.now()
      timer = setTimeout(left > longest ? wait : wake, Math.max(0, Math.min(left, longest)))
      timer.unref()
    }
    wait()
    return () => clearTimeout(timer)
  },
}
