import { asText, isMap, plain } from './plain.ts'

/** How often a loop goes round, and with what. Pure: `inputs` are those of the loop's own row, after interpolation. */

type Inputs = Readonly<Record<string, unknown>>

/** Passes of one loop: SSM's limit. */
export const mostIterations = 100

/** What IteratorDataType may be; String when it is not given. */
export const iteratorTypes: readonly string[] = ['Boolean', 'Integer', 'String', 'StringMap']

/** What keeps a loop from starting, in words that fit after its name. */
export function loopProblem(inputs: Inputs): string | undefined {
  const { Iterators, IteratorDataType = 'String', MaxIterations } = inputs
  if (MaxIterations !== undefined && maxIterations(MaxIterations) === undefined) {
    return `MaxIterations is ${JSON.stringify(MaxIterations)}, not a whole number from 1 to ${mostIterations}`
  }
  if (Iterators === undefined) return undefined
  if (!Array.isArray(Iterators)) return `Iterators is not a list: ${JSON.stringify(Iterators)?.slice(0, 200)}`
  if (Iterators.length > mostIterations) return `Iterators has more than ${mostIterations} items`
  const bad = Iterators.find(item => iterator(item, IteratorDataType as string) === undefined)
  return bad === undefined ? undefined : `Iterators has an item that is no ${IteratorDataType}: ${JSON.stringify(bad)}`
}

/** Whether a pass follows `done` passes as far as Iterators and MaxIterations say; LoopCondition may still end it. */
export function mayGoRound({ Iterators, MaxIterations }: Inputs, done: number): boolean {
  const most = maxIterations(MaxIterations) ?? mostIterations
  return done < most && (!Array.isArray(Iterators) || done < Iterators.length)
}

/** What a loop gives as outputs in a pass, counted from 1: to the steps inside while it runs, and at its end. */
export function iterationOutputs({ Iterators, IteratorDataType }: Inputs, iteration: number): Record<string, unknown> {
  if (iteration < 1) return {}
  if (!Array.isArray(Iterators)) return { CurrentIteration: iteration }
  const value = iterator(Iterators[iteration - 1], (IteratorDataType as string | undefined) ?? 'String')
  return { CurrentIteration: iteration, CurrentIteratorValue: value }
}

/** The item as its type has it; undefined when it is none. */
function iterator(item: unknown, type: string): unknown {
  switch (type) {
    case 'Integer':
      if (typeof item === 'string' && /^[+-]?\d{1,15}$/.test(item)) return Number(item)
      return Number.isInteger(item) ? item : undefined
    case 'Boolean':
      if (typeof item === 'string' && /^(true|false)$/i.test(item)) return item.toLowerCase() === 'true'
      return typeof item === 'boolean' ? item : undefined
    case 'StringMap':
      return isMap(item) ? item : typeof item === 'string' ? mapFromText(item) : undefined
    default:
      return item === null || item === undefined ? undefined : asText(item)
  }
}

function mapFromText(text: string): unknown {
  try {
    const map = plain(JSON.parse(text))
    return isMap(map) ? map : undefined
  } catch {
    return undefined
  }
}

/** A whole number from 1 to 100, also as text, as a parameter may hand it in. */
export function maxIterations(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value
  const isIn = Number.isInteger(number) && (number as number) >= 1 && (number as number) <= mostIterations
  return isIn ? (number as number) : undefined
}
