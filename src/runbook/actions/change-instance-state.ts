import { AwsApiError } from '../../aws/api.ts'
import type { Action, ActionCall, Progress } from '../action.ts'
import { type Answer, callAws, failed, given, isTrue, listOf, look, lookAgain } from './aws-step.ts'

interface Handle {
  readonly looks: number
  /** The change has been asked for, or is not to be. */
  readonly asked: boolean
}

const operations: Readonly<Record<string, string>> = {
  running: 'StartInstances',
  stopped: 'StopInstances',
  terminated: 'TerminateInstances',
}

/**
 * aws:changeInstanceState: brings EC2 instances to a state and waits until they are in it; with CheckStateOnly it only
 * waits. Running means that both status checks pass, too.
 */
export const changeInstanceState: Action = {
  name: 'aws:changeInstanceState',
  inputs: {
    required: ['InstanceIds', 'DesiredState'],
    optional: ['CheckStateOnly', 'Force', 'AdditionalInfo', 'FailOnUnexpectedStopped'],
  },
  defaultTimeoutSeconds: 3600,
  check: ({ DesiredState }) => {
    const isReference = typeof DesiredState === 'string' && DesiredState.includes('{{')
    return isReference || isState(DesiredState)
      ? undefined
      : 'has a DesiredState other than running, stopped, terminated'
  },
  start: async call => {
    const { InstanceIds, DesiredState, CheckStateOnly } = call.inputs
    if (!isState(DesiredState)) return failed('InputValidation', `DesiredState must be running, stopped or terminated`)
    if (listOf(InstanceIds).length === 0) return failed('InputValidation', 'InstanceIds has no instance')
    return bring(call, { looks: 0, asked: isTrue(CheckStateOnly) })
  },
  poll: (call, handle) => bring(call, handle as Handle),
}

function isState(value: unknown): value is string {
  return typeof value === 'string' && Object.hasOwn(operations, value)
}

function bring(call: ActionCall, before: Handle): Promise<Progress> {
  return look(call, before, async () => {
    const InstanceIds = listOf(call.inputs['InstanceIds']).flat()
    const desired = call.inputs['DesiredState'] as string
    const handle = before.asked ? before : { ...before, asked: await ask(call, InstanceIds, desired) }
    const instances = await describe(call, InstanceIds)
    const states = instances.map(({ state }) => state)
    const missing = InstanceIds.filter(id => !instances.some(instance => instance.id === id))
    // What was terminated long ago is no longer there.
    if (missing.length > 0 && desired !== 'terminated')
      return failed('PostProcessing', `There is no ${missing.join(', ')}`)
    const lost = instances.filter(({ state }) => isLost(call, handle, state, desired))
    if (lost.length > 0) {
      const text = lost.map(({ id, state }) => `${id} is ${state}`).join(', ')
      return failed('PostProcessing', `The instances cannot become ${desired}: ${text}`)
    }
    if (!states.every(state => state === desired)) return lookAgain(call, handle)
    if (desired === 'running' && !(await passChecks(call, InstanceIds))) return lookAgain(call, handle)
    return { state: 'succeeded', response: { InstanceIds, InstanceStates: states } }
  })
}

/** Asks for the change. False: it cannot be asked for yet, since an instance is on its way to another state. */
async function ask(call: ActionCall, InstanceIds: readonly unknown[], desired: string): Promise<boolean> {
  const force = desired === 'stopped' ? given(call.inputs, ['Force']) : {}
  const info = desired === 'running' ? given(call.inputs, ['AdditionalInfo']) : {}
  try {
    await callAws(call, 'ec2', operations[desired]!, { InstanceIds, ...force, ...info })
    return true
  } catch (error) {
    if (error instanceof AwsApiError && error.code === 'IncorrectInstanceState') return false
    throw error
  }
}

async function describe(call: ActionCall, InstanceIds: readonly unknown[]) {
  const { Reservations } = await callAws(call, 'ec2', 'DescribeInstances', { InstanceIds })
  const instances = (Reservations as readonly Answer[]).flatMap(({ Instances }) => Instances as readonly Answer[])
  return instances.map(({ InstanceId, State }) => ({ id: InstanceId, state: String((State as Answer)['Name']) }))
}

function isLost(call: ActionCall, handle: Handle, state: string, desired: string): boolean {
  if (desired === 'terminated') return false
  if (state === 'terminated' || state === 'shutting-down') return true
  return (
    desired === 'running' && state === 'stopped' && handle.looks > 0 && isTrue(call.inputs['FailOnUnexpectedStopped'])
  )
}

async function passChecks(call: ActionCall, InstanceIds: readonly unknown[]): Promise<boolean> {
  const { InstanceStatuses } = await callAws(call, 'ec2', 'DescribeInstanceStatus', { InstanceIds })
  const statuses = InstanceStatuses as readonly Answer[]
  const isOk = (status: unknown) => (status as Answer | undefined)?.['Status'] === 'ok'
  return statuses.length > 0 && statuses.every(each => isOk(each['InstanceStatus']) && isOk(each['SystemStatus']))
}
