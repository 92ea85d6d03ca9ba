import type { Action, ActionCall } from '../action.ts'
import { type Answer, callAws, failed, failingAsStep, given, look, lookAgain } from './aws-step.ts'

/** Inputs that have the names of EC2's parameters. */
const parameters = [
  'ImageId',
  'InstanceType',
  'AdditionalInfo',
  'BlockDeviceMappings',
  'DisableApiTermination',
  'EbsOptimized',
  'InstanceInitiatedShutdownBehavior',
  'KernelId',
  'KeyName',
  'NetworkInterfaces',
  'Placement',
  'PrivateIpAddress',
  'RamdiskId',
  'SecurityGroupIds',
  'SecurityGroups',
  'SubnetId',
  'TagSpecifications',
]

interface Handle {
  readonly looks: number
  readonly instanceIds: readonly string[]
}

/** aws:runInstances: launches EC2 instances and waits until they run. */
export const runInstances: Action = {
  name: 'aws:runInstances',
  inputs: {
    required: ['ImageId'],
    optional: [
      ...parameters.filter(name => name !== 'ImageId'),
      ...['MinInstanceCount', 'MaxInstanceCount', 'ClientToken', 'IamInstanceProfileArn', 'IamInstanceProfileName'],
      ...['Monitoring', 'UserData'],
    ],
  },
  outputs: ['InstanceIds', 'InstanceStates'],
  start: call =>
    failingAsStep('Invocation', async () => {
      const { Instances } = await callAws(call, 'ec2', 'RunInstances', launch(call))
      const instanceIds = (Instances as readonly Answer[]).map(({ InstanceId }) => String(InstanceId))
      return { state: 'waiting', handle: { looks: 0, instanceIds } satisfies Handle, wakeAt: call.now }
    }),
  poll: (call, given) => {
    const handle = given as Handle
    return look(
      call,
      handle,
      async () => {
        const { instanceIds } = handle
        const { Reservations } = await callAws(call, 'ec2', 'DescribeInstances', { InstanceIds: instanceIds })
        const instances = (Reservations as readonly Answer[]).flatMap(({ Instances }) => Instances as readonly Answer[])
        const states = instances.map(({ State }) => String((State as Answer)['Name']))
        const response = { InstanceIds: instanceIds, InstanceStates: states }
        if (states.length === instanceIds.length && states.every(state => state === 'running')) {
          return { state: 'succeeded', response }
        }
        const lost = instances.find((_, index) => states[index] !== 'running' && states[index] !== 'pending')
        if (!lost) return lookAgain(call, handle)
        const reason = (lost['StateReason'] as Answer | undefined)?.['Message']
        const state = (lost['State'] as Answer)['Name']
        const cause = `Instance ${lost['InstanceId']} is ${state}${reason ? `: ${reason}` : ''}`
        return failed('PostProcessing', cause, response)
      },
      { isNew: true },
    )
  },
}

function launch({ inputs, token }: ActionCall): Answer {
  const {
    MinInstanceCount = 1,
    MaxInstanceCount = MinInstanceCount,
    ClientToken = token,
    Monitoring,
    UserData,
  } = inputs
  const profile = {
    ...(inputs['IamInstanceProfileArn'] !== undefined && { Arn: inputs['IamInstanceProfileArn'] }),
    ...(inputs['IamInstanceProfileName'] !== undefined && { Name: inputs['IamInstanceProfileName'] }),
  }
  return {
    ...given(inputs, parameters),
    MinCount: MinInstanceCount,
    MaxCount: MaxInstanceCount,
    ClientToken,
    ...(Object.keys(profile).length > 0 && { IamInstanceProfile: profile }),
    ...(Monitoring !== undefined && {
      Monitoring: typeof Monitoring === 'object' ? Monitoring : { Enabled: Monitoring },
    }),
    ...(UserData !== undefined && { UserData: plainUserData(String(UserData)) }),
  }
}

/** Documents give base64, as AWS asks for; the call encodes text by itself. */
function plainUserData(given: string): string {
  const text = Buffer.from(given, 'base64').toString('utf8')
  return Buffer.from(text).toString('base64') === given.replace(/\s/g, '') ? text : given
}
