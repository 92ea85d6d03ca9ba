import { AwsApiError } from '../../aws/api.ts'
import type { Action, ActionCall } from '../action.ts'
import { type Answer, callAws, failed, failingAsStep, given, look, lookAgain } from './aws-step.ts'
import { describeStack, type StackHandle } from './stacks.ts'

const parameters = [
  'StackName',
  'Capabilities',
  'DisableRollback',
  'NotificationARNs',
  'OnFailure',
  'Parameters',
  'ResourceTypes',
  'RoleARN',
  'StackPolicyBody',
  'StackPolicyURL',
  'Tags',
  'TemplateBody',
  'TemplateURL',
  'TimeoutInMinutes',
]

/** aws:createStack: creates a CloudFormation stack and waits until it is complete. */
export const createStack: Action = {
  name: 'aws:createStack',
  inputs: {
    required: ['StackName'],
    optional: [...parameters.filter(name => name !== 'StackName'), 'ClientRequestToken'],
  },
  outputs: ['StackId', 'StackStatus', 'StackStatusReason'],
  check: ({ TemplateBody, TemplateURL }) =>
    (TemplateBody === undefined) === (TemplateURL === undefined)
      ? 'needs either TemplateBody or TemplateURL'
      : undefined,
  start: call =>
    failingAsStep('Invocation', async () => {
      const stackId = await create(call)
      return { state: 'waiting', handle: { looks: 0, stackId } satisfies StackHandle, wakeAt: call.now }
    }),
  poll: (call, given) => {
    const handle = given as StackHandle
    return look(call, handle, async () => {
      const stack = await describeStack(call, handle.stackId)
      if (!stack) return failed('PostProcessing', `The stack ${handle.stackId} is no longer there`)
      const { StackStatus, StackStatusReason } = stack
      if (StackStatus === 'CREATE_COMPLETE') return { state: 'succeeded', response: { ...stack } }
      if (StackStatus.endsWith('_IN_PROGRESS')) return lookAgain(call, handle)
      const reason = StackStatusReason === undefined ? '' : `: ${StackStatusReason}`
      return failed('PostProcessing', `The stack ${handle.stackId} is ${StackStatus}${reason}`, { ...stack })
    })
  },
}

async function create(call: ActionCall): Promise<string> {
  const { ClientRequestToken = call.token } = call.inputs
  try {
    const input = { ...given(call.inputs, parameters), ClientRequestToken }
    return String((await callAws(call, 'cloudformation', 'CreateStack', input))['StackId'])
  } catch (error) {
    if (!(error instanceof AwsApiError && error.code === 'AlreadyExistsException')) throw error
    const own = await createdWith(call, ClientRequestToken)
    if (own === undefined) throw error
    return own
  }
}

/** The stack of this name, if it was this step that created it, before a crash. */
async function createdWith(call: ActionCall, token: unknown): Promise<string | undefined> {
  const { StackName } = call.inputs
  const { StackEvents } = await callAws(call, 'cloudformation', 'DescribeStackEvents', { StackName })
  const event = (StackEvents as readonly Answer[]).find(({ ClientRequestToken }) => ClientRequestToken === token)
  return event && String(event['StackId'])
}
