import { DocumentError, type StepDefinition, type VariableDefinition } from '../document.ts'

/** The document's outputs: references such as step.Output and variable:name. */
export function parseOutputs(
  source: unknown,
  steps: readonly StepDefinition[],
  variables: ReadonlyMap<string, VariableDefinition>,
): string[] {
  if (source === undefined || source === null) return []
  if (!Array.isArray(source)) throw new DocumentError('outputs must be a list.')
  return source.map(output => {
    if (typeof output !== 'string') throw new DocumentError('outputs must be a list of strings such as step.Output.')
    if (output.startsWith('variable:')) {
      if (variables.has(output.slice('variable:'.length))) return output
      throw new DocumentError(`Output ${output} names a variable that is not defined.`)
    }
    const dot = output.indexOf('.')
    const step = output.slice(0, Math.max(dot, 0))
    if (dot < 1 || dot === output.length - 1)
      throw new DocumentError(`Output ${output} is not of the form step.Output.`)
    if (!steps.some(each => each.name === step)) {
      throw new DocumentError(`Output ${output} names step "${step}", which does not exist.`)
    }
    return output
  })
}
