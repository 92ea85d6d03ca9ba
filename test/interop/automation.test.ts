import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { root } from '../../scripts/server-process.ts'
import { account, type Bellhop, call, region, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { outcomeOf } from '../kit/identity.ts'
import { requireTool, runTool } from '../kit/tools.ts'

const content = JSON.stringify({
  schemaVersion: '0.3',
  parameters: { Who: { type: 'String', default: 'nobody' } },
  mainSteps: [
    { name: 'first', action: 'aws:sleep', inputs: { Duration: 'PT0S' } },
    { name: 'ask', action: 'aws:approve', inputs: { Approvers: ['admin'], Message: 'May {{ Who }} go on?' } },
  ],
})
const cleanups: (() => void)[] = []
let server: Bellhop
let folder: string

before(async () => {
  folder = temporaryFolder({ after: fn => cleanups.push(fn) })
  server = await startBellhop({ dataDirectory: join(folder, 'data') })
  await call(server, 'ssm', 'CreateDocument', { Name: 'Ask', Content: content, DocumentType: 'Automation' })
})
after(async () => {
  assert.equal(await server.stop(), 0)
  for (const clean of cleanups) clean()
})

const environment = () => ({
  PATH: process.env['PATH'],
  HOME: folder,
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'data/credentials'),
  AWS_CONFIG_FILE: join(folder, 'none'),
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
})

/** The same conversation with any command line: start, look, approve, list. */
async function converse(command: string, first: readonly string[]): Promise<void> {
  const globals = ['--endpoint-url', server.url, '--profile', 'bellhop', '--region', region]
  const ssm = async (...args: string[]) => {
    const { code, stdout, stderr } = await runTool(command, [...first, 'ssm', ...args, ...globals], environment())
    assert.equal(code, 0, stderr)
    return stdout.trim() === '' ? {} : JSON.parse(stdout)
  }
  const token = randomUUID()
  const start = [
    'start-automation-execution',
    '--document-name',
    'Ask',
    '--parameters',
    'Who=bob',
    '--client-token',
    token,
  ]
  const { AutomationExecutionId: id } = await ssm(...start)
  assert.deepEqual(await ssm(...start), { AutomationExecutionId: id })
  const get = async () => (await ssm('get-automation-execution', '--automation-execution-id', id)).AutomationExecution
  await until(async () => (await get()).AutomationExecutionStatus === 'Waiting', 'the approval')
  await ssm(
    'send-automation-signal',
    '--automation-execution-id',
    id,
    '--signal-type',
    'Approve',
    '--payload',
    'Comment=ok',
  )
  const execution = await until(async () => {
    const shown = await get()
    return shown.AutomationExecutionStatus === 'Success' && shown
  }, 'the end')
  assert.deepEqual(execution.Parameters, { Who: ['bob'] })
  assert.equal(execution.ExecutedBy, `arn:aws:iam::${account}:user/admin`)
  assert.equal(execution.StepExecutions[1].Inputs.Message, '"May bob go on?"')
  assert.deepEqual(execution.StepExecutions[0].ValidNextSteps, ['ask'])
  const { AutomationExecutionMetadataList: list } = await ssm(
    'describe-automation-executions',
    ...['--filters', `Key=ExecutionId,Values=${id}`, 'Key=ExecutionStatus,Values=Success'],
  )
  assert.deepEqual(
    list.map((each: any) => [each.AutomationExecutionId, each.AutomationType]),
    [[id, 'Local']],
  )
  const steps = await ssm(
    ...['describe-automation-step-executions', '--automation-execution-id', id, '--reverse-order'],
    ...['--filters', 'Key=Action,Values=aws:sleep,aws:approve'],
  )
  assert.deepEqual(
    steps.StepExecutions.map((step: any) => step.StepName),
    ['ask', 'first'],
  )
}

test('the AWS CLI runs a document, approves and looks', { timeout: 120_000 }, async t => {
  const aws = await requireTool(t, 'aws')
  if (aws) await converse(aws, [])
})

test('our CLI runs a document, approves and looks', { timeout: 120_000 }, async () => {
  await converse(process.execPath, [join(root, 'src/bin.ts')])
})

const boto3 = `
import sys, time, boto3
ssm = boto3.client('ssm', endpoint_url=sys.argv[1], region_name='us-east-1')
start = dict(DocumentName='Ask', Mode='Interactive')
id = ssm.start_automation_execution(**start)['AutomationExecutionId']
get = lambda id: ssm.get_automation_execution(AutomationExecutionId=id)['AutomationExecution']
def wait(id, *statuses):
    for _ in range(600):
        if get(id)['AutomationExecutionStatus'] in statuses: return
        time.sleep(0.05)
    raise Exception(str(get(id)))
wait(id, 'Waiting')
for wrong, error in [({'StepName': ['ask']}, ssm.exceptions.InvalidAutomationSignalException),
                     ({'StepName': ['none']}, ssm.exceptions.AutomationStepNotFoundException)]:
    try:
        ssm.send_automation_signal(AutomationExecutionId=id, SignalType='StartStep', Payload=wrong)
        raise Exception('not refused')
    except error: pass
ssm.send_automation_signal(AutomationExecutionId=id, SignalType='StartStep', Payload={'StepName': ['first']})
while get(id)['StepExecutions'][0]['StepStatus'] != 'Success' or get(id)['AutomationExecutionStatus'] != 'Waiting': time.sleep(0.05)
ssm.stop_automation_execution(AutomationExecutionId=id)
wait(id, 'Cancelled')
try:
    ssm.stop_automation_execution(AutomationExecutionId=id)
    raise Exception('not refused')
except ssm.exceptions.InvalidAutomationStatusUpdateException: pass
parent = ssm.start_automation_execution(DocumentName='Ask', TargetParameterName='Who', MaxConcurrency='100%', MaxErrors='0',
    Targets=[{'Key': 'ParameterValues', 'Values': ['a', 'b']}])['AutomationExecutionId']
pages = ssm.get_paginator('describe_automation_executions')
children = lambda: [e for p in pages.paginate(Filters=[{'Key': 'ParentExecutionId', 'Values': [parent]}],
    PaginationConfig={'PageSize': 1}) for e in p['AutomationExecutionMetadataList'] if e['AutomationExecutionStatus'] == 'Waiting']
while len(children()) < 2: time.sleep(0.05)
for child in children():
    ssm.send_automation_signal(AutomationExecutionId=child['AutomationExecutionId'], SignalType='Reject')
wait(parent, 'Failed')
shown = get(parent)
assert shown['ProgressCounters']['FailedSteps'] == 2, shown
assert sorted(s['StepName'] for s in shown['StepExecutions']) == ['a', 'b'], shown
assert shown['StepExecutions'][0]['Inputs'] == {'Who': 'a'}, shown
assert shown['ResolvedTargets']['ParameterValues'] == ['a', 'b'], shown
print('done')
`

test('boto3 runs a document step by step, and one for several targets', { timeout: 120_000 }, async t => {
  const python = await requireTool(t, 'boto3')
  if (!python) return
  const { accessKeyId, secretAccessKey } = server.credentials
  const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  const { code, stdout, stderr } = await runTool(python, ['-c', boto3, server.url], { ...environment(), ...keys })
  assert.equal(code, 0, stderr)
  assert.equal(stdout.trim(), 'done')
})

test('a used token with another input is refused over the wire', async () => {
  const input = { DocumentName: 'Ask', ClientToken: randomUUID() }
  await call(server, 'ssm', 'StartAutomationExecution', input)
  const again = await outcomeOf(server, 'ssm', 'StartAutomationExecution', { ...input, Parameters: { Who: ['eve'] } })
  assert.ok('code' in again && again.code === 'IdempotentParameterMismatch', JSON.stringify(again))
})
