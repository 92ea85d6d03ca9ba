import { references } from '../interpolate.ts'
import { referencesIn } from './references.ts'
import type { WarningRule } from './warning.ts'

export const unusedParameter: WarningRule = {
  name: 'unused-parameter',
  description: 'a parameter or variable that nothing refers to',
  *inspect(inspection) {
    const { document, steps } = inspection
    const used = new Set([...referencesIn(inspection)].map(reference => reference.name))
    for (const output of document.outputs) used.add(output)
    for (const { step } of steps) {
      // Set, if never read: said of the update, not of the variable.
      if (typeof step.inputs['Name'] === 'string') used.add(step.inputs['Name'])
      for (const name of references(step.inputs)) used.add(name)
    }
    for (const name of document.parameters.keys()) {
      if (!used.has(name)) yield { message: `Parameter ${name} is not used.`, path: ['parameters', name] }
    }
    for (const name of document.variables.keys()) {
      if (!used.has(`variable:${name}`)) {
        yield { message: `Variable ${name} is not used.`, path: ['variables', name] }
      }
    }
  },
}
