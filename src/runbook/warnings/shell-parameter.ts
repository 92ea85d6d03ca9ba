import { outputNames, referencesIn, stepOutput } from './references.ts'
import type { WarningRule } from './warning.ts'

/** Inputs of aws:runCommand whose text a shell reads. */
const commandInputs: ReadonlySet<string> = new Set(['commands', 'command', 'script'])

/** A value pasted into a line that a shell reads: whoever sets the value chooses what is run. */
export const shellParameter: WarningRule = {
  name: 'shell-parameter',
  description: 'a parameter or output pasted into a shell line of aws:runCommand',
  *inspect(inspection) {
    for (const { name, path, step } of referencesIn(inspection)) {
      if (step?.step.action !== 'aws:runCommand' || !path.some(part => commandInputs.has(String(part)))) continue
      const parameter = inspection.document.parameters.get(name)
      const found = stepOutput(inspection, name)
      const isOutput = found && (outputNames(found.placed)?.includes(found.output) ?? true)
      if (!isOutput && (!parameter || isHarmless(parameter))) continue
      const message = `{{ ${name} }} becomes part of a shell line: a value such as $(...) is run as a command. Hand it over as a parameter of a Command document with interpolationType ENV_VAR, or restrict it with allowedValues or allowedPattern.`
      yield { message, path, step: step.step.name }
    }
  },
}

function isHarmless({
  type,
  allowedValues,
  allowedPattern,
}: {
  type: string
  allowedValues?: unknown
  allowedPattern?: unknown
}): boolean {
  return type === 'Integer' || type === 'Boolean' || allowedValues !== undefined || allowedPattern !== undefined
}
