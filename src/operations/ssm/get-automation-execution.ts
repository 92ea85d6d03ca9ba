import { findAutomation, shownExecution, shownSteps } from './automation-view.ts'
import type { SsmOperation } from './operation.ts'

/** SSM shows this many steps here; the others are read with DescribeAutomationStepExecutions. */
const mostSteps = 100

export const getAutomationExecution: SsmOperation<'GetAutomationExecution', 'storage' | 'documents'> = async (
  input,
  caller,
  { storage, documents },
) => {
  const execution = await findAutomation(storage, caller, input.AutomationExecutionId)
  const steps = await storage.executions.steps(execution.id)
  const shown = shownSteps(execution, steps, documents)
  return {
    AutomationExecution: {
      ...shownExecution(execution, steps),
      Variables: execution.rateControl ? undefined : documents.variables(execution.document.content, steps),
      StepExecutions: shown.slice(0, mostSteps),
      StepExecutionsTruncated: shown.length > mostSteps,
    },
  }
}
