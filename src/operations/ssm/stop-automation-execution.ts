import { InvalidAutomationStatusUpdateException } from '../../protocol/errors.ts'
import { findAutomation } from './automation-view.ts'
import type { SsmOperation } from './operation.ts'

export const stopAutomationExecution: SsmOperation<
  'StopAutomationExecution',
  'storage' | 'clock' | 'ids' | 'executions'
> = async (input, caller, { storage, clock, ids, executions }) => {
  const execution = await findAutomation(storage, caller, input.AutomationExecutionId)
  // The API reference: Cancel is what happens when no type is given.
  const who = { id: ids.uuid(), by: caller.arn }
  if (!(await storage.executions.stop(execution.id, input.Type ?? 'Cancel', clock.now(), who))) {
    throw new InvalidAutomationStatusUpdateException(
      `Automation execution ${execution.id} has ended as ${execution.status}.`,
    )
  }
  executions.wake(execution.id)
  return {}
}
