import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Milliseconds between two looks, and the share of them that a server with nothing to do is at work. */
const pause = 1_000
const idle = 0.05

/**
 * Goes through all of the memory once, as soon as the server has had nothing to do for a second, and gives back what a start
 * left behind unused: V8 does it when more is asked for, which an idle server never does. Answers what calls it off.
 */
export function collectGarbageWhenIdle(): () => void {
  let before = performance.eventLoopUtilization()
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    if (performance.eventLoopUtilization(now, before).utilization < idle) {
      clearInterval(timer)
      collectGarbage()
    }
    before = now
  }, pause).unref()
  return () => clearInterval(timer)
}

export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: (options: object) => void = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  // Any other flavor keeps the memory for what may come.
  collect({ type: 'major', flavor: 'last-resort' })
}
