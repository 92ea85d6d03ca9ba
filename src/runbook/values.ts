import { type Execution, isEnded, type StepExecution } from '../catalog/execution.ts'
import { actions } from './actions/index.ts'
import type { AutomationDocument } from './document.ts'
import { type ReferenceValues, systemVariables } from './interpolate.ts'
import { iterationOutputs } from './loop.ts'
import { asOutputStrings } from './outputs.ts'
import { typedParameters } from './parameters.ts'
import { emptyMap } from './plain.ts'
import { noOutput } from './texts.ts'
import { variablesAfter } from './variables.ts'

/** What references stand for at a point of the journal. Pure. */

/** A pass of a loop: how a step's row says where it belongs. */
export type Pass = NonNullable<StepExecution['parent']>

/** Rows that have ended, in the order of their start. */
export function endedRows(history: readonly StepExecution[]): StepExecution[] {
  return history.filter(row => isEnded(row.status)).toSorted((one, other) => one.ordinal - other.ordinal)
}

/** Whether a row is that of a loop that goes on: it holds further rows and is not itself in anybody's hands. */
export function isOpenLoop(row: StepExecution): boolean {
  return !isEnded(row.status) && actions.get(row.action)?.innerSteps === true
}

/**
 * Typed parameters, variables, outputs and system variables. Throws ParameterError when the execution's parameters are not
 * those of the document.
 * @param pass the pass of a loop that they are for, when it has no row yet
 */
export function referenceValues(
  document: AutomationDocument,
  execution: Execution,
  history: readonly StepExecution[],
  now: number,
  pass?: Pass,
): ReferenceValues {
  const ended = endedRows(history)
  const outputs = stepOutputs(ended)
  for (const row of history.filter(isOpenLoop)) {
    const iteration = pass?.stepId === row.id ? pass.iteration : lastIteration(history, row)
    for (const [name, value] of Object.entries(iterationOutputs(row.inputs, iteration))) {
      outputs.set(`${row.name}.${name}`, value)
    }
  }
  return {
    parameters: typedParameters(document, execution.parameters),
    variables: variablesAfter(document, ended),
    stepOutputs: outputs,
    system: systemVariables(execution, now),
  }
}

/** The pass that a loop is in, counted from 1; 0 before the first. */
export function lastIteration(history: readonly StepExecution[], loop: StepExecution): number {
  return history.findLast(row => row.parent?.stepId === loop.id)?.parent?.iteration ?? 0
}

/**
 * By `step.Output`: of each step the outputs of its last run that succeeded, as a step may run more than once; of a step
 * that never succeeded those of its last run.
 */
function stepOutputs(ended: readonly StepExecution[]): Map<string, unknown> {
  const last = new Map<string, StepExecution>()
  for (const row of ended) {
    if (row.status === 'Success' || last.get(row.name)?.status !== 'Success') last.set(row.name, row)
  }
  const outputs = new Map<string, unknown>()
  for (const row of last.values()) {
    for (const [name, value] of Object.entries(row.outputs)) outputs.set(`${row.name}.${name}`, value)
  }
  return outputs
}

/** The document's outputs as the execution shows them at its end. */
export function documentOutputs(
  document: AutomationDocument,
  history: readonly StepExecution[],
): Record<string, string[]> {
  const ended = endedRows(history)
  const values = stepOutputs(ended)
  const variables = variablesAfter(document, ended)
  const succeeded = new Set(ended.filter(row => row.status === 'Success').map(row => row.name))
  const outputs = emptyMap() as Record<string, string[]>
  for (const reference of document.outputs) {
    if (reference.startsWith('variable:')) {
      outputs[reference] = asOutputStrings(variables.get(reference.slice('variable:'.length)))
    } else if (succeeded.has(reference.slice(0, reference.indexOf('.')))) {
      outputs[reference] = asOutputStrings(values.get(reference))
    } else outputs[reference] = [noOutput]
  }
  return outputs
}
