import type { StepExecution } from '../catalog/execution.ts'
import { type AutomationDocument, DocumentError, type StepDefinition, type VariableDefinition } from './document.ts'
import { typedDefault } from './parameters.ts'
import { isMap } from './plain.ts'

/** The action that gives a variable another value. What it has done is in the journal, and nowhere else. */
export const updateVariableAction = 'aws:updateVariable'

const prefix = 'variable:'

/** What the variables are after the steps that have ended, in the order in which they ended. */
export function variablesAfter(
  document: AutomationDocument,
  ended: readonly StepExecution[],
): ReadonlyMap<string, unknown> {
  const values = new Map([...document.variables].map(([name, variable]) => [name, typedDefault(name, variable)]))
  for (const { action, status, inputs } of ended) {
    if (action === updateVariableAction && status === 'Success') {
      values.set(String(inputs['Name']).slice(prefix.length), inputs['Value'])
    }
  }
  return values
}

/** Checks that each aws:updateVariable names a variable of the document. Throws DocumentError. */
export function checkVariableUpdates(
  steps: readonly StepDefinition[],
  variables: ReadonlyMap<string, VariableDefinition>,
): void {
  for (const { name, action, inputs } of steps) {
    if (action !== updateVariableAction) continue
    const variable = String(inputs['Name'])
    if (!variables.has(variable.slice(prefix.length))) {
      throw new DocumentError(`Step "${name}": ${variable} is not defined under variables.`)
    }
  }
}

/** What is wrong with the new value that a step gives a variable: value and variable have one type, nothing is converted. */
export function updateProblem(
  { variables }: AutomationDocument,
  { Name, Value }: Readonly<Record<string, unknown>>,
): string | undefined {
  const type = variables.get(String(Name).slice(prefix.length))?.type
  if (type === undefined) return `${String(Name)} is not defined under variables`
  if (hasType(Value, type)) return undefined
  const text = JSON.stringify(Value) ?? 'nothing'
  const shown = text.length > 200 ? `${text.slice(0, 200)}...` : text
  return `${String(Name)} is of type ${type} and cannot take the value ${shown}`
}

/** Whether a value is of a parameter's or variable's type as it stands. */
export function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'Integer':
      return Number.isInteger(value)
    case 'Boolean':
      return typeof value === 'boolean'
    case 'StringList':
      return Array.isArray(value) && value.every(item => typeof item === 'string')
    case 'StringMap':
      return isMap(value)
    case 'MapList':
      return Array.isArray(value) && value.every(isMap)
    default:
      if (type.startsWith('List<')) return hasType(value, 'StringList')
      return typeof value === 'string'
  }
}
