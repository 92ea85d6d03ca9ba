import { type Execution, isEnded, type StepExecution } from '../../catalog/execution.ts'
import type { SendAutomationSignalRequest, SignalType } from '../../model/generated/ssm.ts'
import { AutomationStepNotFoundException, InvalidAutomationSignalException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import { findAutomation } from './automation-view.ts'
import type { SsmOperation } from './operation.ts'

type Needs = 'storage' | 'clock' | 'ids' | 'executions' | 'documents' | 'approvals'

/** Tells an execution what somebody decided. Refused at once where nothing waits for it, or not for this sender. */
export const sendAutomationSignal: SsmOperation<'SendAutomationSignal', Needs> = async (input, caller, services) => {
  const { storage, clock, ids, executions } = services
  const execution = await findAutomation(storage, caller, input.AutomationExecutionId)
  if (isEnded(execution.status)) {
    throw new InvalidAutomationSignalException(`Automation execution ${execution.id} has ended.`)
  }
  const steps = await storage.executions.steps(execution.id)
  const meant = await receivers[input.SignalType](input, { execution, steps, caller, services })
  const sent = await storage.executions.signal(
    {
      executionId: execution.id,
      type: input.SignalType,
      payload: { ...input.Payload, ...meant },
      sentBy: caller.arn,
      sentAt: clock.now(),
    },
    ids.uuid(),
  )
  if (!sent) throw new InvalidAutomationSignalException(`Automation execution ${execution.id} has ended.`)
  executions.wake(execution.id)
  return {}
}

interface Situation {
  readonly execution: Execution
  readonly steps: readonly StepExecution[]
  readonly caller: Caller
  readonly services: Pick<Services, 'storage' | 'documents' | 'approvals'>
}

/** Who a signal is for: the step, and its row where it has been started. */
interface Receiver {
  readonly stepName: string
  readonly stepId?: string
}

type FindReceiver = (input: SendAutomationSignalRequest, situation: Situation) => Promise<Receiver>

/** One row for each signal of the model. Throw AutomationStepNotFoundException or InvalidAutomationSignalException. */
const receivers: Readonly<Record<SignalType, FindReceiver>> = {
  Approve: answered,
  Reject: answered,
  Resume: async (input, situation) => receiver(waitingStep(input, situation, 'aws:pause')),
  StartStep: startedStep,
  StopStep: stoppedStep,
  // It ends access that was granted for a time, by documents of a kind that is not here.
  Revoke: () => Promise.reject(invalid('The signal Revoke is for access requests, and this is none.')),
}

async function answered(input: SendAutomationSignalRequest, situation: Situation): Promise<Receiver> {
  const { execution, caller, services } = situation
  const step = waitingStep(input, situation, 'aws:approve')
  const sentBefore = (await services.storage.executions.signals(execution.id)).filter(
    ({ payload }) => payload['stepId'] === step.id,
  )
  const problem = services.documents.approvalProblem(step.inputs, {
    sender: caller.arn,
    requester: execution.executedBy,
    requesterMayApprove: services.approvals.requesterMayApprove,
    sentBefore: sentBefore.map(signal => signal.sentBy),
  })
  if (problem !== undefined) throw invalid(problem)
  return receiver(step)
}

/** The step with this action that waits; in Interactive mode nothing else waits for a person. */
function waitingStep(
  { SignalType: type, Payload: payload }: SendAutomationSignalRequest,
  { execution, steps }: Situation,
  action: string,
): StepExecution {
  const named = payload?.['StepName']?.[0]
  if (named !== undefined && !steps.some(step => step.name === named)) {
    throw new AutomationStepNotFoundException(`Automation execution ${execution.id} has no step ${named}.`)
  }
  const last = steps.at(-1)
  if (last?.action !== action || last.status !== 'Waiting' || (named !== undefined && last.name !== named)) {
    throw invalid(
      `The signal ${type} is not valid now: no step with action ${action} is waiting in automation execution ${execution.id}.`,
    )
  }
  return last
}

/** In Interactive mode: the step that comes next, which StepName may name. */
async function startedStep({ Payload: payload }: SendAutomationSignalRequest, situation: Situation): Promise<Receiver> {
  const { execution, services } = situation
  if (execution.mode !== 'Interactive') {
    throw invalid(`The signal StartStep is for executions in mode Interactive; ${execution.id} runs in mode Auto.`)
  }
  const named = payload?.['StepName']?.[0]
  const known = services.documents.check(execution.document.content).steps.map(step => step.name)
  if (named !== undefined && !known.includes(named)) {
    throw new AutomationStepNotFoundException(`Automation execution ${execution.id} has no step ${named}.`)
  }
  const next = execution.waitsFor
  if (next === undefined) throw invalid(`No step of automation execution ${execution.id} waits to be started.`)
  if (named !== undefined && named !== next) {
    throw invalid(`Step ${named} cannot be started now: step ${next} is the one that comes next.`)
  }
  return { stepName: next }
}

/** The step in hand, which StepExecutionId names (the API reference requires it). */
async function stoppedStep(
  { Payload: payload }: SendAutomationSignalRequest,
  { execution, steps }: Situation,
): Promise<Receiver> {
  const id = payload?.['StepExecutionId']?.[0]
  if (id === undefined) throw invalid('The signal StopStep needs StepExecutionId in its payload.')
  const step = steps.find(each => each.id === id)
  if (!step) throw new AutomationStepNotFoundException(`Automation execution ${execution.id} has no step ${id}.`)
  if (isEnded(step.status) || execution.rateControl) throw invalid(`Step ${step.name} is not under way.`)
  return receiver(step)
}

function receiver({ id, name }: StepExecution): Receiver {
  return { stepId: id, stepName: name }
}

function invalid(message: string): InvalidAutomationSignalException {
  return new InvalidAutomationSignalException(message)
}
