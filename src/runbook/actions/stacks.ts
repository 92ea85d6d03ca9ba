import { AwsApiError } from '../../aws/api.ts'
import type { ActionCall } from '../action.ts'
import { type Answer, callAws } from './aws-step.ts'

export interface StackHandle {
  readonly looks: number
  readonly stackId: string
}

export interface StackState {
  readonly StackId: string
  readonly StackStatus: string
  readonly StackStatusReason?: string
}

/** A stack by name or id; undefined: there is none. */
export async function describeStack(call: ActionCall, StackName: unknown): Promise<StackState | undefined> {
  try {
    const { Stacks } = await callAws(call, 'cloudformation', 'DescribeStacks', { StackName })
    const [stack] = (Stacks ?? []) as readonly Answer[]
    if (!stack) return undefined
    const reason = stack['StackStatusReason']
    return {
      StackId: String(stack['StackId']),
      StackStatus: String(stack['StackStatus']),
      ...(reason !== undefined && { StackStatusReason: String(reason) }),
    }
  } catch (error) {
    if (isNoStack(error)) return undefined
    throw error
  }
}

/** CloudFormation has no code of its own for it. */
function isNoStack(error: unknown): boolean {
  return error instanceof AwsApiError && error.code === 'ValidationError' && /does not exist/.test(error.message)
}
