import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { CloudFormation, type ResourceType } from '../../kit/cloudformation.ts'
import { type MotoAccount, requireMoto } from '../../kit/moto.ts'
import { serveFiles } from './artifact-host.ts'
import type { Row, Subject } from './subject.ts'

const parameters = {
  Folder: { Type: 'String', Description: 'Where the files are' },
  Key: { Type: 'String' },
  Behaviour: { Type: 'String', Default: 'good' },
  Revision: { Type: 'String', Default: '1' },
  Secret: { Type: 'String', NoEcho: true, Default: '' },
}
const ref = (name: string) => ({ Ref: name })

/** The same product as the module and the program in fixtures, of the two types of resources below. */
const template = {
  Parameters: parameters,
  Resources: {
    Thing: { Type: 'Conformance::Thing', Properties: { File: { 'Fn::Sub': '${Folder}/${Key}.thing' } } },
    Work: {
      Type: 'Conformance::Work',
      DependsOn: 'Thing',
      Properties: {
        Log: { 'Fn::Sub': '${Folder}/${Key}.log' },
        Go: { 'Fn::Sub': '${Folder}/${Key}.go' },
        Behaviour: ref('Behaviour'),
        Revision: ref('Revision'),
      },
    },
  },
  Outputs: {
    Revision: { Value: ref('Revision'), Description: 'What it was made as' },
    File: { Value: { 'Fn::Sub': '${Folder}/${Key}.thing' } },
  },
}

const thing: ResourceType =
  (work, { File }) =>
  () => {
    if (work !== 'delete') writeFileSync(File!, 'made\n')
    else if (existsSync(`${File}.unremovable`)) return { failed: 'the file is held fast' }
    else rmSync(File!, { force: true })
    return 'done'
  }

const work: ResourceType = (kind, { Log, Go, Behaviour }) => {
  if (kind === 'delete') return () => 'done'
  appendFileSync(Log!, `begin ${Behaviour}\n`)
  return () => {
    if (Behaviour === 'fail') return { failed: 'no space is left' }
    if (Behaviour === 'wait' && !existsSync(Go!)) return 'working'
    appendFileSync(Log!, `end ${Behaviour}\n`)
    return 'done'
  }
}

/** One contract server for each subject; they are under test at the same time. */
function onContractServer(
  more: Pick<Subject, 'name' | 'constraint' | 'resourceType' | 'onlyOutput' | 'action'>,
): Subject {
  let cloud: CloudFormation
  const cloudFormation = { unchangedUpdates: 'succeed' }
  return {
    ...more,
    backEnd: 'a contract server for CloudFormation, whose resources are files',
    productType: 'CLOUD_FORMATION_TEMPLATE',
    start: async () => {
      cloud = await CloudFormation.start({
        types: { 'Conformance::Thing': thing, 'Conformance::Work': work },
        stepsPerLook: 10,
      })
      return () => cloud.stop()
    },
    config: () => ({ cloudFormation }),
    hastyConfig: () => ({ cloudFormation: { ...cloudFormation, timeoutSeconds: 2 } }),
    env: () => ({
      BELLHOP_ALLOW_HOSTS: '127.0.0.1',
      AWS_ENDPOINT_URL: cloud.url,
      AWS_ACCESS_KEY_ID: 'AKIASERVER',
      AWS_SECRET_ACCESS_KEY: 'x',
    }),
    artifact: async () => (await serveFiles({ template: Buffer.from(JSON.stringify(template)) }))('template'),
  }
}

const stack = onContractServer({
  name: 'CFN_STACK',
  resourceType: 'Conformance::Thing',
  action: values => ({ Action: 'UpdateStack', Parameters: values }),
})

const stackSet = onContractServer({
  name: 'CFN_STACKSET',
  resourceType: 'AWS::CloudFormation::StackInstance',
  onlyOutput: 'StackSetARN',
  action: values => ({ Action: 'UpdateStackSet', Parameters: values }),
  constraint: () => stackSetOver('111111111111'),
})

function stackSetOver(account: string) {
  const AdminRole = 'arn:aws:iam::123456789012:role/Admin'
  const Properties = { AccountList: [account], RegionList: ['us-east-1'], AdminRole, ExecutionRole: 'Execution' }
  return { type: 'STACKSET', parameters: { Version: '2.0', Properties } }
}

/** The same parameters, of a parameter of SSM, and an instance that is in no subnet when it is to fail. */
const settingTemplate = {
  Parameters: parameters,
  Conditions: { Fails: { 'Fn::Equals': [ref('Behaviour'), 'fail'] } },
  Resources: {
    Setting: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name: ref('Key'), Value: ref('Revision') } },
    Instance: {
      Type: 'AWS::EC2::Instance',
      Condition: 'Fails',
      DependsOn: 'Setting',
      Properties: { ImageId: 'ami-12345678', SubnetId: 'no space is left' },
    },
  },
  Outputs: {
    Revision: { Value: ref('Revision'), Description: 'What it was made as' },
    File: { Value: { 'Fn::Sub': '${Folder}/${Key}.thing' } },
  },
}

const atOnce = 'moto has done everything before it answers: see the contract server'

/** What moto cannot show. */
const motoLacks = {
  cancel: atOnce,
  'time-out': atOnce,
  'server killed in the middle': atOnce,
  'duplicate notify': atOnce,
  'terminate with IgnoreErrors': 'no deletion fails in moto: see the contract server',
} as const satisfies Partial<Record<Row, string>>

interface OnMoto extends Pick<Subject, 'name' | 'resourceType' | 'onlyOutput' | 'action' | 'lacks'> {
  /** With the account that the resources are to be in. */
  readonly constraint: (account: string) => ReturnType<NonNullable<Subject['constraint']>>
}

function onMoto({ constraint, lacks, ...more }: OnMoto): Subject {
  let account: MotoAccount
  return {
    ...more,
    backEnd: 'moto',
    productType: 'CLOUD_FORMATION_TEMPLATE',
    tool: 'moto',
    start: async () => {
      account = await (await requireMoto({ skip: () => {} }))!.account()
      return () => {}
    },
    config: () => ({ cloudFormation: { unchangedUpdates: 'succeed' } }),
    env: () => ({ ...account.env, BELLHOP_ALLOW_HOSTS: '127.0.0.1' }),
    constraint: () => constraint(account.id),
    artifact: async () => (await serveFiles({ template: Buffer.from(JSON.stringify(settingTemplate)) }))('template'),
    look: {
      exists: key =>
        account.api.call('ssm', 'GetParameter', { Name: key }).then(
          () => true,
          error => {
            if (error.code === 'ParameterNotFound') return false
            throw error
          },
        ),
    },
    lacks: { ...motoLacks, ...lacks },
  }
}

const stackOnMoto = onMoto({
  name: 'CFN_STACK',
  resourceType: 'AWS::SSM::Parameter',
  action: values => ({ Action: 'UpdateStack', Parameters: values }),
  constraint: account => ({ type: 'LAUNCH', parameters: { RoleArn: `arn:aws:iam::${account}:role/Launch` } }),
})

const stackSetOnMoto = onMoto({
  name: 'CFN_STACKSET',
  resourceType: 'AWS::CloudFormation::StackInstance',
  onlyOutput: 'StackSetARN',
  action: values => ({ Action: 'UpdateStackSet', Parameters: values }),
  constraint: stackSetOver,
  lacks: {
    'failure in the middle': 'moto does not note the instance whose stack it could not make: see the contract server',
    're-provision after ERROR':
      'moto does not note the instance whose stack it could not make: see the contract server',
    'update of TAINTED': 'in moto no update of a stack set fails: see the contract server',
  },
})

export const cloudFormation: readonly Subject[] = [stack, stackOnMoto, stackSet, stackSetOnMoto]
