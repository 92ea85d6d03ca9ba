import { actions } from '../actions/index.ts'
import { DocumentError, type StepDefinition } from '../document.ts'

/** Where onCancel may not lead: the cancellation workflow has two minutes and nobody to ask. */
const notOnCancel: ReadonlySet<string> = new Set(
  ['approve', 'copyImage', 'createImage', 'createStack', 'createTags', 'pause', 'runInstances', 'sleep'].map(
    name => `aws:${name}`,
  ),
)

/** The steps that a step can lead to when it succeeds; undefined is the end. */
export function successors(steps: readonly StepDefinition[], index: number): (string | undefined)[] {
  const step = steps[index]!
  const order = step.isEnd ? undefined : (step.nextStep ?? steps[index + 1]?.name)
  const chosen = actions.get(step.action)?.chooses?.(step.inputs)
  if (!chosen) return [order]
  return chosen.others ? [...chosen.steps, order] : [...chosen.steps]
}

/**
 * Checks where steps lead: to steps that are there and may be led to, and sooner or later to the end. Steps inside a loop
 * lead to each other; on failure and on cancel they may also leave the loop for a step around it.
 */
export function checkFlow(
  steps: readonly StepDefinition[],
  around: ReadonlyMap<string, StepDefinition> = new Map(),
): void {
  const reachable = new Map([...around, ...steps.map(step => [step.name, step] as const)])
  checkTargets(steps, reachable)
  checkCycles(steps)
  for (const step of steps) if (step.steps) checkFlow(step.steps, reachable)
}

function checkTargets(steps: readonly StepDefinition[], reachable: ReadonlyMap<string, StepDefinition>): void {
  const names = new Map(steps.map(step => [step.name, step]))
  for (const [index, step] of steps.entries()) {
    const check = (target: string | undefined, what: string, known = names as ReadonlyMap<string, unknown>) => {
      if (target !== undefined && !known.has(target)) {
        throw new DocumentError(`Step "${step.name}": ${what} names step "${target}", which does not exist.`)
      }
    }
    check(step.nextStep, 'nextStep')
    if (step.onFailure.kind === 'step') check(step.onFailure.step, 'onFailure', reachable)
    if (step.onCancel?.kind === 'step') {
      check(step.onCancel.step, 'onCancel', reachable)
      const action = reachable.get(step.onCancel.step)!.action
      if (notOnCancel.has(action)) {
        throw new DocumentError(`Step "${step.name}": onCancel may not lead to a step with action ${action}.`)
      }
    }
    for (const target of successors(steps, index)) check(target, 'a choice')
  }
}

/**
 * Refuses a circle that no success can leave. Jumps backwards by onFailure, and by branches that have another way out, are
 * ordinary: real documents have them.
 */
function checkCycles(steps: readonly StepDefinition[]): void {
  const index = new Map(steps.map((step, position) => [step.name, position]))
  const next = steps.map((_, position) => successors(steps, position))
  const ending = new Set<number>()
  for (let grown = true; grown; ) {
    grown = false
    // Backwards, as most steps lead to the one after them.
    for (let position = steps.length - 1; position >= 0; position--) {
      if (ending.has(position)) continue
      if (next[position]!.some(target => target === undefined || ending.has(index.get(target)!))) {
        ending.add(position)
        grown = true
      }
    }
  }
  const stuck = steps.findIndex((_, position) => !ending.has(position))
  if (stuck < 0) return
  const path: number[] = []
  let at = stuck
  while (!path.includes(at)) {
    path.push(at)
    at = index.get(next[at]![0]!)!
  }
  const circle = [...path.slice(path.indexOf(at)), at].map(position => steps[position]!.name)
  throw new DocumentError(`Step "${circle[0]}": the steps form an infinite loop: ${circle.join(' -> ')}.`)
}
