import { systemVariables } from '../interpolate.ts'
import { orMeant, outputNames, referencesIn, stepOutput } from './references.ts'
import type { Inspection, WarningRule } from './warning.ts'

const systemNames = [...systemVariables({ id: '', scope: { accountId: '', region: '' } }, 0).keys()]

/** A reference that nothing will ever replace: its braces reach the action as they stand. */
export const literalReference: WarningRule = {
  name: 'literal-reference',
  description: 'a `{{ }}` that names nothing and therefore stays as it stands',
  *inspect(inspection) {
    for (const { name, path, step } of referencesIn(inspection)) {
      const problem = whyLiteral(inspection, name)
      if (problem === undefined) continue
      const message = `{{ ${name} }} stays as it stands: ${problem}`
      yield { message, path, ...(step && { step: step.step.name }) }
    }
    for (const [index, name] of inspection.document.outputs.entries()) {
      const problem = name.startsWith('variable:') ? undefined : whyLiteral(inspection, name)
      if (problem === undefined) continue
      yield { message: `The output ${name} will always be empty: ${problem}`, path: ['outputs', index] }
    }
  },
}

/** Why nothing will ever replace it, as a sentence; undefined: something may. */
function whyLiteral(inspection: Inspection, name: string): string | undefined {
  const { document, byName } = inspection
  if (document.parameters.has(name) || systemNames.includes(name)) return undefined
  if (name.startsWith('variable:')) {
    const names = [...document.variables.keys()].map(each => `variable:${each}`)
    return names.includes(name) ? undefined : `there is no such variable${orMeant(name, names)}`
  }
  // Names such as .State.Pid and $x belong to other templates (docker, PowerShell), which pass untouched.
  if (!/^[A-Za-z]/.test(name)) return undefined
  const found = stepOutput(inspection, name)
  if (!found) {
    const outputs = [...byName.values()].flatMap(placed =>
      (outputNames(placed) ?? []).map(output => `${placed.step.name}.${output}`),
    )
    const what = name.includes('.') ? 'step' : 'parameter'
    return `there is no ${what} of this name${orMeant(name, [...document.parameters.keys(), ...outputs, ...systemNames])}`
  }
  const names = outputNames(found.placed)
  if (names === undefined || names.includes(found.output)) return undefined
  const has = names.length > 0 ? `has the outputs ${names.join(', ')}` : 'has no outputs'
  return `step ${found.placed.step.name} ${has}${orMeant(found.output, names)}`
}
