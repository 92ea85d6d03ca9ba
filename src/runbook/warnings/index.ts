import type { AutomationDocument, StepDefinition } from '../document.ts'
import { apiCall } from './api-call.ts'
import { flowGraph } from './graph.ts'
import { literalReference } from './literal-reference.ts'
import { outputBeforeStep } from './output-before-step.ts'
import { parameterDefault, uncheckedPattern } from './parameter-default.ts'
import { shellParameter } from './shell-parameter.ts'
import { typeClash } from './type-clash.ts'
import { unreachableStep } from './unreachable-step.ts'
import { unusedParameter } from './unused-parameter.ts'
import type { Path, PlacedStep, Warning, WarningRule } from './warning.ts'

export type { Path, Warning } from './warning.ts'

/** All rules, in the order in which what they find is told. A new rule is a file of its own and a row here. */
export const warningRules: readonly WarningRule[] = [
  outputBeforeStep,
  literalReference,
  unreachableStep,
  typeClash,
  apiCall,
  parameterDefault,
  uncheckedPattern,
  shellParameter,
  unusedParameter,
]

/** What AWS takes and what is probably wrong all the same. */
export async function warningsOf(document: AutomationDocument): Promise<Warning[]> {
  const steps = [...placed(document.mainSteps, ['mainSteps'])]
  const byName = new Map(steps.map(each => [each.step.name, each]))
  const inspection = { document, steps, byName, graph: flowGraph(document) }
  const warnings: Warning[] = []
  for (const { name, inspect } of warningRules) {
    for await (const found of inspect(inspection)) warnings.push({ rule: name, ...found })
  }
  return warnings
}

function* placed(steps: readonly StepDefinition[], at: Path): Iterable<PlacedStep> {
  for (const [index, step] of steps.entries()) {
    const path = [...at, index]
    yield { step, path }
    if (step.steps) yield* placed(step.steps, [...path, 'inputs', 'Steps'])
  }
}
