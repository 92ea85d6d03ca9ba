import type { Action } from '../action.ts'
import { callAws, failed, failingAsStep, given, look, lookAgain } from './aws-step.ts'
import { describeStack, type StackHandle } from './stacks.ts'

/** aws:deleteStack: deletes a CloudFormation stack and waits until it is gone. One that is not there is gone. */
export const deleteStack: Action = {
  name: 'aws:deleteStack',
  inputs: { required: ['StackName'], optional: ['ClientRequestToken', 'RetainResources', 'RoleARN'] },
  outputs: ['StackId', 'StackStatus', 'StackStatusReason'],
  start: call =>
    failingAsStep('Invocation', async () => {
      const { StackName, ClientRequestToken = call.token } = call.inputs
      // A deleted stack is found by its id alone.
      const stack = await describeStack(call, StackName)
      if (!stack) return { state: 'succeeded', response: { StackStatus: 'DELETE_COMPLETE' } }
      const input = { ...given(call.inputs, ['StackName', 'RetainResources', 'RoleARN']), ClientRequestToken }
      await callAws(call, 'cloudformation', 'DeleteStack', input)
      const handle: StackHandle = { looks: 0, stackId: stack.StackId }
      return { state: 'waiting', handle, wakeAt: call.now }
    }),
  poll: (call, given) => {
    const handle = given as StackHandle
    return look(call, handle, async () => {
      const stack = await describeStack(call, handle.stackId)
      if (!stack || stack.StackStatus === 'DELETE_COMPLETE') {
        return { state: 'succeeded', response: { StackId: handle.stackId, StackStatus: 'DELETE_COMPLETE' } }
      }
      if (stack.StackStatus !== 'DELETE_FAILED') return lookAgain(call, handle)
      const reason = stack.StackStatusReason === undefined ? '' : `: ${stack.StackStatusReason}`
      return failed('PostProcessing', `The stack ${handle.stackId} is DELETE_FAILED${reason}`, { ...stack })
    })
  },
}
