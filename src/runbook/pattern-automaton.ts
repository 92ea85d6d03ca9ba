import type { MatchBudget, Node } from './pattern.ts'

/**
 * Matches without backtracking: all ways through the pattern are followed at once, so the time grows with pattern times
 * value and no faster. It takes what has no memory: not back-references, atomic groups, possessive repeats and lookbehinds.
 */

type Instruction =
  | { readonly kind: 'set'; readonly test: (codePoint: number) => boolean; readonly next: number }
  | { readonly kind: 'split'; readonly nexts: readonly number[] }
  | {
      readonly kind: 'assertion'
      readonly holds: (input: readonly number[], at: number) => boolean
      readonly next: number
    }
  | { readonly kind: 'look'; readonly inner: number; readonly negative: boolean; readonly next: number }
  | { readonly kind: 'end' }

/** `[a-z]{1,1000}` stands a thousand times in the automaton. */
const mostInstructions = 20_000

class NotTaken extends Error {}

/** Whether the whole input matches; undefined when the pattern is none that is taken, or the budget is spent. */
export function matchLinearly(node: Node, input: readonly number[], budget: MatchBudget): boolean | undefined {
  const program: Instruction[] = []
  try {
    const end = add(program, { kind: 'end' })
    const start = compile(program, node, end)
    return runAll(program, start, input, 0, budget, at => at === input.length)
  } catch (error) {
    if (error instanceof NotTaken) return undefined
    throw error
  }
}

function add(program: Instruction[], instruction: Instruction): number {
  if (program.length >= mostInstructions) throw new NotTaken()
  return program.push(instruction) - 1
}

/** Compiles backwards: what comes after a node is known when the node is compiled. Answers where it starts. */
function compile(program: Instruction[], node: Node, next: number): number {
  switch (node.kind) {
    case 'set':
      return add(program, { kind: 'set', test: node.test, next })
    case 'assertion':
      return add(program, { kind: 'assertion', holds: node.holds, next })
    case 'group':
      return compile(program, node.item, next)
    case 'sequence':
      return node.items.reduceRight((after, item) => compile(program, item, after), next)
    case 'choice':
      return add(program, { kind: 'split', nexts: node.items.map(item => compile(program, item, next)) })
    case 'look': {
      if (node.behind) throw new NotTaken()
      const inner = compile(program, node.item, add(program, { kind: 'end' }))
      return add(program, { kind: 'look', inner, negative: node.negative, next })
    }
    case 'repeat': {
      if (node.mode === 'possessive') throw new NotTaken()
      let start = next
      if (node.max === Number.POSITIVE_INFINITY) {
        const nexts = [next]
        start = add(program, { kind: 'split', nexts })
        nexts.push(compile(program, node.item, start))
      } else {
        for (let count = node.min; count < node.max; count++) {
          start = add(program, { kind: 'split', nexts: [next, compile(program, node.item, start)] })
        }
      }
      for (let count = 0; count < node.min; count++) start = compile(program, node.item, start)
      return start
    }
    case 'atomic':
    case 'backReference':
      throw new NotTaken()
  }
}

/** Follows all ways from `start` at once, until one is at an end that `accepts` takes. */
function runAll(
  program: readonly Instruction[],
  start: number,
  input: readonly number[],
  from: number,
  budget: MatchBudget,
  accepts: (at: number) => boolean,
): boolean {
  let current = new Set<number>([start])
  for (let at = from; ; at++) {
    const following = new Set<number>()
    // Grows while it is walked through: what a split leads to is at the same place.
    for (const index of current) {
      budget.steps -= 1
      if (budget.steps < 0) throw new NotTaken()
      const instruction = program[index]!
      switch (instruction.kind) {
        case 'set':
          if (at < input.length && instruction.test(input[at]!)) following.add(instruction.next)
          break
        case 'split':
          for (const next of instruction.nexts) current.add(next)
          break
        case 'assertion':
          if (instruction.holds(input, at)) current.add(instruction.next)
          break
        case 'look':
          if (runAll(program, instruction.inner, input, at, budget, () => true) !== instruction.negative) {
            current.add(instruction.next)
          }
          break
        case 'end':
          if (accepts(at)) return true
      }
    }
    if (following.size === 0) return false
    current = following
  }
}
