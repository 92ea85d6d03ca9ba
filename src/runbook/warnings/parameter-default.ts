import type { ParameterDefinition } from '../document.ts'
import { isStoreReference, parameterProblem, typedDefault } from '../parameters.ts'
import { matchPattern } from '../pattern.ts'
import { hasType } from '../variables.ts'
import { meant } from './references.ts'
import type { WarningRule } from './warning.ts'

/** AWS does not check defaults: one that breaks its own rules only fails whoever gives the same value by hand. */
export const parameterDefault: WarningRule = {
  name: 'parameter-default',
  description: 'a default that its own parameter would refuse, or that is of another type',
  *inspect({ document }) {
    for (const [name, definition] of document.parameters) {
      const problem = defaultProblem(name, definition)
      if (problem !== undefined) yield { message: problem, path: ['parameters', name, 'default'] }
    }
    for (const [name, variable] of document.variables) {
      const value = typedDefault(name, variable)
      if (value !== undefined && !hasType(value, variable.type)) {
        const message = `The default of variable ${name} is no ${variable.type}: ${JSON.stringify(variable.default)}.`
        yield { message, path: ['variables', name, 'default'] }
      }
    }
  },
}

function defaultProblem(name: string, definition: ParameterDefinition): string | undefined {
  const { type, allowedValues, default: value } = definition
  // An empty default stands for "not given" in many documents.
  if (value === undefined || value === '' || isStoreReference(value)) return undefined
  const typed = typedDefault(name, definition)
  if (!hasType(typed, type.startsWith('AWS::') ? 'String' : type)) {
    return `The default of parameter ${name} is no ${type}: ${JSON.stringify(value)}.`
  }
  const given = Array.isArray(typed) ? typed : [typed]
  const problem = parameterProblem(
    name,
    definition,
    given.map(item => (typeof item === 'string' ? item : JSON.stringify(item))),
  )
  if (problem === undefined) return undefined
  const other = allowedValues && meant(String(value), allowedValues.map(String))
  const hint = other === undefined ? '' : ` Did you mean ${other}?`
  return `The default of parameter ${name} would be refused as a value: ${problem}${hint}`
}

/** A pattern that cannot be read here is not checked: every value passes. */
export const uncheckedPattern: WarningRule = {
  name: 'unchecked-pattern',
  description: 'an allowedPattern that is not understood, so that no value is checked against it',
  *inspect({ document }) {
    for (const [name, { allowedPattern }] of document.parameters) {
      if (allowedPattern === undefined) continue
      if (matchPattern(allowedPattern, '', { steps: 10_000 }) === 'not understood') {
        const message = `The allowedPattern of parameter ${name} is not understood, and values are not checked against it: ${allowedPattern}`
        yield { message, path: ['parameters', name, 'allowedPattern'] }
      }
    }
  },
}
