import { AwsApiError } from '../../aws/api.ts'
import type { ActionCall, Progress } from '../action.ts'
import { asText } from '../plain.ts'
import { callAws, failingAsStep, given, look, lookAgain } from './aws-step.ts'
import { commandEnd } from './run-command.ts'

/** aws:runCommand on nodes that are SSM's: SendCommand, and a look at its invocations until they have ended. */
export interface SentHandle {
  readonly sent: true
  readonly commandId: string
  readonly looks: number
}

/** Inputs of the step that SendCommand takes under the same names. */
export const passedOn: readonly string[] = [
  'DocumentName',
  'DocumentVersion',
  'DocumentHash',
  'DocumentHashType',
  'InstanceIds',
  'Targets',
  'TimeoutSeconds',
  'MaxConcurrency',
  'MaxErrors',
  'OutputS3BucketName',
  'OutputS3KeyPrefix',
  'OutputS3Region',
  'ServiceRoleArn',
  'NotificationConfig',
  'CloudWatchOutputConfig',
]

/** SendCommand has no token, so the comment carries ours: a command that was sent before a crash is found by it. */
export function send(call: ActionCall): Promise<Progress> {
  return failingAsStep('Invocation', async () => {
    const mark = `[${call.token}]`
    const { Commands = [] } = await callAws(call, 'ssm', 'ListCommands', { MaxResults: 50 })
    const before = (Commands as Record<string, unknown>[]).find(({ Comment }) => asText(Comment ?? '').endsWith(mark))
    const Comment = `${asText(call.inputs['Comment'] ?? '').slice(0, 99 - mark.length)} ${mark}`.trim()
    const { Command } = before
      ? { Command: before }
      : await callAws(call, 'ssm', 'SendCommand', { ...given(call.inputs, passedOn), ...parameters(call), Comment })
    const { CommandId } = Command as Record<string, unknown>
    return lookAgain(call, { sent: true, commandId: asText(CommandId), looks: 0 } satisfies SentHandle)
  })
}

/** Values that the API takes as lists are often written as one. */
function parameters({ inputs }: ActionCall) {
  const values = inputs['Parameters']
  if (typeof values !== 'object' || values === null) return {}
  const lists = Object.entries(values).map(([name, value]) => [
    name,
    (Array.isArray(value) ? value : [value]).map(asText),
  ])
  return { Parameters: Object.fromEntries(lists) }
}

const atWork = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling'])

export function lookAtSent(call: ActionCall, handle: SentHandle): Promise<Progress> {
  return look(call, handle, async () => {
    const { CommandInvocations = [] } = await callAws(call, 'ssm', 'ListCommandInvocations', {
      CommandId: handle.commandId,
      Details: true,
    })
    const invocations = CommandInvocations as Record<string, unknown>[]
    if (invocations.length === 0 && handle.looks < 20) return lookAgain(call, handle)
    if (invocations.some(({ Status }) => atWork.has(asText(Status)))) return lookAgain(call, handle)
    const worst = invocations.find(({ Status }) => Status !== 'Success') ?? invocations[0]
    const plugins = (each: Record<string, unknown> | undefined) =>
      (each?.['CommandPlugins'] ?? []) as Record<string, unknown>[]
    const code = plugins(worst).find(({ ResponseCode }) => ResponseCode !== 0) ?? plugins(worst)[0]
    return commandEnd({
      Status: asText(worst?.['Status'] ?? 'Undeliverable'),
      ResponseCode: Number(code?.['ResponseCode'] ?? -1),
      Output: invocations.flatMap(each => plugins(each).map(({ Output }) => asText(Output ?? ''))).join('\n'),
      CommandId: handle.commandId,
    })
  })
}

export async function cancelSent(call: ActionCall, { commandId }: SentHandle): Promise<void> {
  try {
    await call.tools.aws.call('ssm', 'CancelCommand', { CommandId: commandId })
  } catch (error) {
    if (!(error instanceof AwsApiError)) throw error
  }
}
