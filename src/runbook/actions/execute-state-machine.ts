import { AwsApiError } from '../../aws/api.ts'
import type { Action, ActionCall } from '../action.ts'
import { type Answer, asJson, callAws, failed, failingAsStep, given, look, lookAgain } from './aws-step.ts'

interface Handle {
  readonly looks: number
  readonly executionArn: string
}

const outputs = ['executionArn', 'input', 'name', 'output', 'startDate', 'stateMachineArn', 'status', 'stopDate']

/** aws:executeStateMachine: runs a Step Functions state machine to its end. Its execution is named after the step's token. */
export const executeStateMachine: Action = {
  name: 'aws:executeStateMachine',
  inputs: { required: ['stateMachineArn'], optional: ['name', 'input'] },
  outputs,
  start: call =>
    failingAsStep('Invocation', async () => {
      const handle: Handle = { looks: 0, executionArn: await start(call) }
      return { state: 'waiting', handle, wakeAt: call.now }
    }),
  poll: (call, kept) => {
    const handle = kept as Handle
    return look(call, handle, async () => {
      const answer = await callAws(call, 'stepfunctions', 'DescribeExecution', { executionArn: handle.executionArn })
      const response = given(asJson(answer) as Answer, outputs)
      const { status, error, cause } = answer
      if (status === 'SUCCEEDED') return { state: 'succeeded', response }
      if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return lookAgain(call, handle)
      const why = [error, cause].filter(Boolean).join(': ')
      return failed('PostProcessing', `${handle.executionArn} is ${status}${why ? `: ${why}` : ''}`, response)
    })
  },
  cancel: async (call, handle) => {
    const { executionArn } = handle as Handle
    await callAws(call, 'stepfunctions', 'StopExecution', { executionArn, cause: 'The automation step was stopped.' })
  },
}

async function start(call: ActionCall): Promise<string> {
  const { stateMachineArn, name = call.token } = call.inputs
  try {
    const input = { ...given(call.inputs, ['stateMachineArn', 'input']), name }
    return String((await callAws(call, 'stepfunctions', 'StartExecution', input))['executionArn'])
  } catch (error) {
    // The token names one execution alone: it is this step's own, of before a crash.
    const isOwn = error instanceof AwsApiError && error.code === 'ExecutionAlreadyExists' && name === call.token
    if (!isOwn) throw error
    return `${String(stateMachineArn).replace(':stateMachine:', ':execution:')}:${name}`
  }
}
