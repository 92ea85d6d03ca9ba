import type { Driver, Verb } from './verb.ts'

/** The driver, telling how long each writing verb took, from its call to its answer, in seconds: that is after its commit. */
export function observed(driver: Driver, wrote: (seconds: number) => void): Driver {
  return {
    async execute<Arguments extends readonly unknown[], Result>(verb: Verb<Arguments, Result>, args: Arguments) {
      if (verb.kind === 'read') return driver.execute(verb, args)
      const begun = performance.now()
      try {
        return await driver.execute(verb, args)
      } finally {
        wrote((performance.now() - begun) / 1000)
      }
    },
    close: () => driver.close(),
  }
}
