import type { Signal } from '../../catalog/execution.ts'
import type { Action, ActionCall, Progress } from '../action.ts'
import { stepFailure } from '../texts.ts'
import { isForStep, lastSignal } from './signals.ts'

const maxApprovers = 10

/** Seconds: seven days, and the most that SSM takes. */
const defaultTimeout = 7 * 24 * 3600
const longestTimeout = 30 * 24 * 3600

/**
 * aws:approve: waits until enough of the named approvers have sent Approve; the first Reject of one of them ends the step
 * as failed. Approvers are names of users or ARNs of users, roles and assumed roles of the account. NotificationArn is told
 * who asks, for what, and how to answer. `bellhop:RequesterMayApprove` (ours) overrides what the configuration says.
 */
export const approve: Action = {
  name: 'aws:approve',
  idle: true,
  inputs: {
    required: ['Approvers'],
    optional: ['NotificationArn', 'Message', 'MinRequiredApprovals', 'bellhop:RequesterMayApprove'],
  },
  outputs: ['ApprovalStatus', 'ApproverDecisions'],
  defaultTimeoutSeconds: defaultTimeout,
  longestTimeoutSeconds: longestTimeout,
  start: async call => {
    const problem = inputProblem(call)
    if (problem !== undefined) {
      return { state: 'failed', failure: stepFailure('InputValidation', 'InvalidInput', problem) }
    }
    await notifyApprovers(call)
    // Signals from before the step began were meant for another step.
    return count(call, { after: lastSignal(call.signals) })
  },
  poll: async (call, handle) => count(call, handle as Handle),
}

async function notifyApprovers({ inputs, execution, step, token, deadline, tools }: ActionCall): Promise<void> {
  const { NotificationArn: topicArn, Message } = inputs
  if (typeof topicArn !== 'string' || topicArn === '') return
  const answer = (type: string) => ({
    Operation: 'ssm:SendAutomationSignal',
    AutomationExecutionId: execution.id,
    SignalType: type,
    Commands: [
      `bellhop ${type.toLowerCase()} ${execution.id}`,
      `aws ssm send-automation-signal --automation-execution-id ${execution.id} --signal-type ${type}`,
    ],
  })
  await tools.approvals.notify({
    id: `${token}.approval`,
    topicArn,
    subject: `Approval needed: step ${step.name} of execution ${execution.id}`,
    message: {
      ApprovalRequest: {
        AutomationExecutionId: execution.id,
        StepName: step.name,
        RequestedBy: execution.executedBy,
        DocumentName: execution.document.name,
        Message,
        Approvers: inputs['Approvers'],
        MinRequiredApprovals: Number(inputs['MinRequiredApprovals'] ?? 1),
        ExpiresAt: deadline === undefined ? undefined : new Date(deadline).toISOString(),
        HowToAnswer: [answer('Approve'), answer('Reject')],
      },
    },
  })
}

interface Handle {
  /** The sequence of the last signal before the step began. */
  readonly after: number
}

interface ApproverDecision {
  readonly Approver: string
  readonly Decision: 'Approve' | 'Reject'
  readonly Comment?: string
}

const mayApproveInput = 'bellhop:RequesterMayApprove'

/** The document's word first, then the configuration's. */
function requesterMayApprove(inputs: ActionCall['inputs'], otherwise: boolean): boolean {
  const said = inputs[mayApproveInput]
  return said === undefined ? otherwise : String(said).toLowerCase() === 'true'
}

/** Why somebody's answer does not count, for whoever sends it; undefined: it does. The same rules as counting has. */
export function approvalProblem(
  inputs: ActionCall['inputs'],
  answer: {
    readonly sender: string
    readonly requester: string
    readonly requesterMayApprove: boolean
    readonly sentBefore: readonly string[]
  },
): string | undefined {
  const { sender, requester, sentBefore } = answer
  const approvers = approversOf({ inputs }).map(String)
  const approver = approvers.find(entry => isApprover(entry, sender))
  if (approver === undefined) return `${sender} is not among the approvers of this step.`
  if (!requesterMayApprove(inputs, answer.requesterMayApprove) && isSame(requester, sender)) {
    return `${sender} started the execution, and may not be among those who approve it.`
  }
  const again = sentBefore.some(each => approvers.find(entry => isApprover(entry, each)) === approver)
  return again ? `The approver ${approver} has answered already.` : undefined
}

/** Sessions of one role are one requester: their names can be chosen. */
function isSame(requester: string, sender: string): boolean {
  const [one, other] = [assumedRoleArn.exec(requester), assumedRoleArn.exec(sender)]
  return requester === sender || (one !== null && other !== null && one[1] === other[1] && one[2] === other[2])
}

function approversOf(call: Pick<ActionCall, 'inputs'>): readonly unknown[] {
  const approvers = call.inputs['Approvers']
  return Array.isArray(approvers) ? approvers : [approvers]
}

function requiredApprovals(call: ActionCall): number {
  return Number(call.inputs['MinRequiredApprovals'] ?? 1)
}

function inputProblem(call: ActionCall): string | undefined {
  const approvers = approversOf(call)
  if (approvers.length === 0 || !approvers.every(each => typeof each === 'string' && each !== '')) {
    return 'Approvers must be a list of at least one name or ARN'
  }
  if (approvers.length > maxApprovers) return `Approvers has more than ${maxApprovers} entries`
  const required = requiredApprovals(call)
  if (!Number.isInteger(required) || required < 1) return 'MinRequiredApprovals must be a whole number of at least 1'
  const distinct = new Set(approvers).size
  const mayApprove = call.inputs[mayApproveInput]
  if (mayApprove !== undefined && !/^(true|false)$/i.test(String(mayApprove))) {
    return `${mayApproveInput} must be true or false`
  }
  if (required > distinct) return `MinRequiredApprovals is ${required}, but there are only ${distinct} approvers`
  // It could only expire.
  const { executedBy } = call.execution
  const others = new Set((approvers as readonly string[]).filter(entry => !isApprover(entry, executedBy))).size
  return required > others && !requesterMayApprove(call.inputs, call.tools.approvals.requesterMayApprove)
    ? `${required} approvals are needed, and without ${executedBy}, who started the execution and may not approve it, there are only ${others} approvers`
    : undefined
}

function count(call: ActionCall, handle: Handle): Progress {
  const approvers = approversOf(call) as readonly string[]
  const decisions = new Map<string, ApproverDecision>()
  const requesterCounts = requesterMayApprove(call.inputs, call.tools.approvals.requesterMayApprove)
  for (const signal of call.signals) {
    if (signal.sequence <= handle.after || !isForStep(signal, call.step.name)) continue
    if (signal.type !== 'Approve' && signal.type !== 'Reject') continue
    // By entry, not by sender: whoever assumes the same role under two session names is still one approver.
    const approver = approvers.find(entry => isApprover(entry, signal.sentBy))
    if (approver === undefined || decisions.has(approver)) continue
    if (!requesterCounts && isSame(call.execution.executedBy, signal.sentBy)) continue
    decisions.set(approver, { Approver: signal.sentBy, Decision: signal.type, ...comment(signal) })
    if (signal.type === 'Reject') return rejected(signal, [...decisions.values()])
    if (decisions.size >= requiredApprovals(call)) {
      const response = { ApprovalStatus: 'Approved', ApproverDecisions: [...decisions.values()] }
      return { state: 'succeeded', response }
    }
  }
  return { state: 'waiting', handle }
}

function rejected(signal: Signal, decisions: readonly ApproverDecision[]): Progress {
  const said = comment(signal).Comment
  return {
    state: 'failed',
    failure: stepFailure(
      'Verification',
      'Failed',
      `The request was rejected by ${signal.sentBy}${said ? `: ${said}` : ''}`,
    ),
    response: { ApprovalStatus: 'Rejected', ApproverDecisions: decisions },
  }
}

/** The signal's comment, which the API gives as a list of strings. */
function comment(signal: Signal): { readonly Comment?: string } {
  const [text] = [signal.payload['Comment']].flat()
  return typeof text === 'string' ? { Comment: text } : {}
}

const roleArn = /^arn:[^:]+:iam::(\d{12}):role\/(?:.+\/)?([^/]+)$/
const userArn = /^arn:[^:]+:iam::\d{12}:user\/(?:.+\/)?([^/]+)$/
const assumedRoleArn = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\/.+$/

/** Whether the sender is who a document's approver entry names. Senders are of the execution's account. */
function isApprover(entry: string, sentBy: string): boolean {
  if (entry === sentBy) return true
  if (!entry.startsWith('arn:')) return userArn.exec(sentBy)?.[1] === entry
  const role = roleArn.exec(entry)
  const session = assumedRoleArn.exec(sentBy)
  return role !== null && session !== null && role[1] === session[1] && role[2] === session[2]
}
