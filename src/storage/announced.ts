import type { Driver, Verb } from './verb.ts'
import { automations } from './verbs/automations.ts'
import { executions } from './verbs/executions.ts'
import { places } from './verbs/places.ts'

/** What a worker writes of the executions that it runs; whatever else is written, somebody waits for its answer. */
const ofWorkers: ReadonlySet<unknown> = new Set([
  executions.claim,
  executions.claimAndSave,
  executions.claimAndEnd,
  executions.saveSteps,
  executions.end,
  automations.begin,
  automations.resolveTargets,
  automations.saveRuns,
  automations.startChild,
  places.turn,
  places.sweep,
])

/** The driver, which announces each write of a request before it is made, and calls what that answers when it is done. */
export function announced(driver: Driver, announce: () => () => void): Driver {
  return {
    async execute<Arguments extends readonly unknown[], Result>(verb: Verb<Arguments, Result>, args: Arguments) {
      if (verb.kind === 'read' || ofWorkers.has(verb)) return driver.execute(verb, args)
      const done = announce()
      try {
        return await driver.execute(verb, args)
      } finally {
        done()
      }
    },
    close: () => driver.close(),
  }
}
