import type { Driver, Verb, VerbTable } from './verb.ts'
import { accessKeys } from './verbs/access-keys.ts'
import { identities } from './verbs/identities.ts'
import { managedPolicies } from './verbs/managed-policies.ts'

/** What every request asks for: its key, and what its user or role may do. */
const asked: ReadonlySet<unknown> = new Set([accessKeys.get, identities.withPolicies])

/** Whatever writes what the answers are made of; no other verb writes these tables. */
const changing: ReadonlySet<unknown> = new Set(
  [accessKeys, identities, managedPolicies].flatMap((table: VerbTable) =>
    Object.values(table).filter(verb => verb.kind === 'write'),
  ),
)

/** How many answers are kept. */
const most = 1000

/**
 * The driver, which remembers keys and identities with their policies until anything of them is written: by then nothing
 * is remembered, before whoever wrote is answered. Only for a process that has the database to itself. The same answer is
 * the same object.
 */
export function remembered(driver: Driver): Driver {
  const answers = new Map<string, unknown>()
  /** Counts changes, so that what was read before one is not kept after it. */
  let changes = 0
  const forget = () => {
    changes += 1
    answers.clear()
  }
  return {
    async execute<Arguments extends readonly unknown[], Result>(verb: Verb<Arguments, Result>, args: Arguments) {
      if (changing.has(verb)) {
        try {
          return await driver.execute(verb, args)
        } finally {
          forget()
        }
      }
      if (!asked.has(verb)) return driver.execute(verb, args)
      // A key's id is the only argument of its verb; an identity has three.
      const name = JSON.stringify(args)
      const known = answers.get(name)
      if (known !== undefined) return known as Result
      const before = changes
      const answer = await driver.execute(verb, args)
      if (answer !== undefined && changes === before) {
        if (answers.size >= most) answers.clear()
        answers.set(name, answer)
      }
      return answer
    },
    close: () => driver.close(),
  }
}
