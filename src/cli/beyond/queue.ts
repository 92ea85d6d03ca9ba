import type { Surroundings } from '../client.ts'
import { CliError } from '../errors.ts'
import type { ValueMap } from '../values.ts'
import { ask, customEndpoint } from './shared.ts'

/** What names something that may wait for its turn. */
export type InLine = { readonly recordId: string } | { readonly executionId: string }

/**
 * Where a record or an execution stands in its line, in words, where the endpoint is Bellhop; undefined when it does not wait
 * for its turn, or nobody knows. AWS's own addresses are not asked.
 */
export async function placeInLine(surroundings: Surroundings, what: InLine): Promise<string | undefined> {
  if (customEndpoint(surroundings) === undefined) return undefined
  try {
    const answer =
      'recordId' in what
        ? await ask(surroundings, 'bellhop', 'DescribeRecordPosition', new Map([['Id', what.recordId]]))
        : await ask(
            surroundings,
            'bellhop',
            'GetAutomationExecutionPosition',
            new Map([['AutomationExecutionId', what.executionId]]),
          )
    return inWords(answer)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    // Another server than Bellhop, or an older one: it does not know of lines.
    surroundings.trace?.line(`the place in line is not shown: ${error.message}`)
    return undefined
  }
}

const names: ReadonlyMap<unknown, string> = new Map([
  ['ACCOUNT', 'of account'],
  ['ACTION', 'of action'],
  ['ENGINE', 'of engine'],
  ['AUTOMATION_QUOTA', 'of automations in account'],
])

function inWords(answer: ValueMap): string | undefined {
  const position = answer.get('Position')
  if (answer.get('Waiting') !== true || position === undefined) return undefined
  const limit = answer.get('Limit')
  // The furthest that is counted; the next number stands for all behind.
  const place = Number(position) > 1000 ? 'behind more than 1000 in line' : `number ${String(position)} in line`
  if (!(limit instanceof Map)) return place
  const [type, name, most] = ['Type', 'Name', 'Most'].map(member => limit.get(member))
  return `${place} (limit ${names.get(type) ?? String(type)} ${String(name)}: ${String(most)} at once)`
}
