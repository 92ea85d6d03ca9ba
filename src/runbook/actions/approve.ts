import type { Signal } from '../../catalog/execution.ts'
import type { Action, ActionCall, Progress } from '../action.ts'
import { stepFailure } from '../texts.ts'
import { isForStep, lastSignal } from './signals.ts'

const maxApprovers = 10

/**
 * aws:approve: waits until enough of the named approvers have sent Approve; the first Reject of one of them ends the step
 * as failed. Approvers are names of users or ARNs of users, roles and assumed roles of the account. Nobody is notified:
 * NotificationArn is taken, as documents require it, but there is no topic to publish to.
 */
export const approve: Action = {
  name: 'aws:approve',
  inputs: { required: ['Approvers'], optional: ['NotificationArn', 'Message', 'MinRequiredApprovals'] },
  outputs: ['ApprovalStatus', 'ApproverDecisions'],
  defaultTimeoutSeconds: 7 * 24 * 3600,
  start: async call => {
    const problem = inputProblem(call)
    if (problem !== undefined) {
      return { state: 'failed', failure: stepFailure('InputValidation', 'InvalidInput', problem) }
    }
    // Signals from before the step began were meant for another step.
    return count(call, { after: lastSignal(call.signals) })
  },
  poll: async (call, handle) => count(call, handle as Handle),
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

function approversOf(call: ActionCall): readonly unknown[] {
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
  return required > distinct
    ? `MinRequiredApprovals is ${required}, but there are only ${distinct} approvers`
    : undefined
}

function count(call: ActionCall, handle: Handle): Progress {
  const approvers = approversOf(call) as readonly string[]
  const decisions = new Map<string, ApproverDecision>()
  for (const signal of call.signals) {
    if (signal.sequence <= handle.after || !isForStep(signal, call.step.name)) continue
    if (signal.type !== 'Approve' && signal.type !== 'Reject') continue
    // By entry, not by sender: whoever assumes the same role under two session names is still one approver.
    const approver = approvers.find(entry => isApprover(entry, signal.sentBy))
    if (approver === undefined || decisions.has(approver)) continue
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
