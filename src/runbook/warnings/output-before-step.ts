import { referencesIn, stepOutput } from './references.ts'
import type { WarningRule } from './warning.ts'

/** An output of a step that cannot have run when it is used. */
export const outputBeforeStep: WarningRule = {
  name: 'output-before-step',
  description: 'an output that is used where its step cannot have run yet',
  *inspect(inspection) {
    const { graph } = inspection
    for (const { name, path, step, isLoopCondition } of referencesIn(inspection)) {
      const found = step && stepOutput(inspection, name)
      if (!found) continue
      const [first, then] = [found.placed.step, step.step]
      const isInside =
        isLoopCondition && then.steps?.some(inner => inner === first || graph.mayPrecede(inner.name, first.name))
      if (isInside || graph.mayPrecede(first.name, then.name) || !graph.isReachable(then.name)) continue
      const message =
        first === then
          ? `{{ ${name} }} is an output of the step itself, which has none before it ran.`
          : `{{ ${name} }} is used in step ${then.name}, and no way there leads through step ${first.name}.`
      yield { message, path, step: then.name }
    }
  },
}
