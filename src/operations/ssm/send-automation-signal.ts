import type { Execution, StepExecution } from '../../catalog/execution.ts'
import type { SendAutomationSignalRequest } from '../../model/generated/ssm.ts'
import { AutomationStepNotFoundException, InvalidAutomationSignalException } from '../../protocol/errors.ts'
import { findAutomation } from './automation-view.ts'
import type { SsmOperation } from './operation.ts'

/** Which action a signal is for. StartStep and StopStep belong to executions in Interactive mode, which come later. */
const actionFor: Readonly<Partial<Record<SendAutomationSignalRequest['SignalType'], string>>> = {
  Approve: 'aws:approve',
  Reject: 'aws:approve',
  Resume: 'aws:pause',
}

export const sendAutomationSignal: SsmOperation<'SendAutomationSignal', 'storage' | 'clock' | 'executions'> = async (
  input,
  caller,
  { storage, clock, executions },
) => {
  const execution = await findAutomation(storage, caller, input.AutomationExecutionId)
  const step = waitingStep(input, execution, await storage.executions.steps(execution.id))
  const sent = await storage.executions.signal({
    executionId: execution.id,
    type: input.SignalType,
    payload: { ...input.Payload, stepId: step.id, stepName: step.name },
    sentBy: caller.arn,
    sentAt: clock.now(),
  })
  if (!sent) throw new InvalidAutomationSignalException(`Automation execution ${execution.id} has ended.`)
  executions.wake(execution.id)
  return {}
}

function waitingStep(
  { SignalType: type, Payload: payload }: SendAutomationSignalRequest,
  execution: Execution,
  steps: readonly StepExecution[],
): StepExecution {
  const action = actionFor[type]
  if (!action) throw new InvalidAutomationSignalException(`The signal ${type} is not supported yet.`)
  const named = payload?.['StepName']?.[0]
  if (named !== undefined && !steps.some(step => step.name === named)) {
    throw new AutomationStepNotFoundException(`Automation execution ${execution.id} has no step ${named}.`)
  }
  const last = steps.at(-1)
  if (last?.action !== action || last.status !== 'Waiting' || (named !== undefined && last.name !== named)) {
    throw new InvalidAutomationSignalException(
      `The signal ${type} is not valid now: no step with action ${action} is waiting in automation execution ${execution.id}.`,
    )
  }
  return last
}
