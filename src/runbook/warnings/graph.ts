import type { AutomationDocument, StepDefinition } from '../document.ts'
import { successors } from '../parsing/flow.ts'

/** Which step may come after which, by any way: success, failure, cancel, another pass of a loop. */
export interface FlowGraph {
  /** Whether the execution may ever come to a step. */
  isReachable(step: string): boolean
  /** Whether `first` may have run when `then` starts. */
  mayPrecede(first: string, then: string): boolean
}

type Edges = Map<string, Set<string>>

export function flowGraph({ mainSteps }: AutomationDocument): FlowGraph {
  const edges: Edges = new Map()
  connect(mainSteps, [], edges)
  const known = new Map<string, ReadonlySet<string>>()
  const after = (step: string) => {
    const found = known.get(step) ?? reach(edges, edges.get(step) ?? [])
    known.set(step, found)
    return found
  }
  const start = mainSteps[0]!.name
  const isReachable = (step: string) => step === start || after(start).has(step)
  return { isReachable, mayPrecede: (first, then) => isReachable(first) && after(first).has(then) }
}

/** @param ends where the end of these steps leads: out of a loop, or into its next pass */
function connect(steps: readonly StepDefinition[], ends: readonly string[], edges: Edges): void {
  for (const [index, step] of steps.entries()) {
    const next = new Set<string>()
    const order = step.isEnd ? undefined : (step.nextStep ?? steps[index + 1]?.name)
    const targets = successors(steps, index)
    if (step.onFailure.kind === 'step') targets.push(step.onFailure.step)
    if (step.onFailure.kind === 'Continue') targets.push(order)
    if (step.onCancel?.kind === 'step') targets.push(step.onCancel.step)
    for (const target of targets) for (const name of target === undefined ? ends : [target]) next.add(name)
    if (step.steps) {
      const inner = step.steps[0]!.name
      connect(step.steps, [inner, ...next], edges)
      next.add(inner)
    }
    edges.set(step.name, next)
  }
}

function reach(edges: Edges, from: Iterable<string>): ReadonlySet<string> {
  const found = new Set(from)
  for (const step of found) for (const next of edges.get(step) ?? []) found.add(next)
  return found
}
