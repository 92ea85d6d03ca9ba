import { frozen } from './frozen.ts'
import type { Driver, Verb } from './verb.ts'
import { accessKeys } from './verbs/access-keys.ts'
import { documents } from './verbs/documents.ts'
import { identities } from './verbs/identities.ts'
import { portfolios } from './verbs/portfolios.ts'
import { products } from './verbs/products.ts'
import { serviceActions } from './verbs/service-actions.ts'

/**
 * What is asked for again and again and seldom changes, and how many answers of each are kept: a request's key and what its
 * user or role may do, the list of portfolios, and what a service action is and runs.
 */
const asked: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  [accessKeys.get, 1000],
  [identities.withPolicies, 1000],
  [portfolios.list, 50],
  [products.getUsable, 500],
  [serviceActions.get, 500],
  [serviceActions.isAssociated, 500],
  // A document may have 64 KB.
  [documents.getVersion, 100],
])

/** A driver that knows which tables it has read and written. */
export interface NotingDriver extends Driver {
  /** Runs a reading verb, and says which tables it has looked at. */
  executeNoting<Arguments extends readonly unknown[], Result>(
    verb: Verb<Arguments, Result>,
    args: Arguments,
  ): { readonly answer: Result; readonly tables: readonly string[] }
  /** Grows with whatever is written to one of these tables. */
  changesOf(tables: readonly string[]): number
}

interface Answer {
  readonly answer: unknown
  readonly tables: readonly string[]
  readonly changes: number
}

/**
 * The driver, which remembers answers until one of the tables that they were read from is written to. Which tables these
 * are is noted while the answer is read, and whatever writes to them counts: there is nothing to keep in step by hand. Only
 * for a process that has the database to itself. The same answer is the same object, and frozen.
 */
export function remembered(driver: NotingDriver): Driver {
  const answers = new Map([...asked.keys()].map(verb => [verb, new Map<string, Answer>()]))
  return {
    async execute<Arguments extends readonly unknown[], Result>(verb: Verb<Arguments, Result>, args: Arguments) {
      const ofVerb = answers.get(verb)
      if (!ofVerb) return driver.execute(verb, args)
      const name = JSON.stringify(args)
      const known = ofVerb.get(name)
      if (known && known.changes === driver.changesOf(known.tables)) return known.answer as Result
      const { answer, tables } = driver.executeNoting(verb, args)
      if (answer === undefined) ofVerb.delete(name)
      else {
        if (ofVerb.size >= asked.get(verb)!) ofVerb.clear()
        ofVerb.set(name, { answer: frozen(answer), tables, changes: driver.changesOf(tables) })
      }
      return answer
    },
    close: () => driver.close(),
  }
}
