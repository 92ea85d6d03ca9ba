import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { account, type Bellhop, call, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'

const web = 'mi-0123456789abcdef0'
const db = 'mi-0123456789abcdef1'

describe('aws:runCommand', () => {
  const cleanups: (() => void)[] = []
  let folder: string
  let effects: string
  let server: Bellhop
  const start = () =>
    startBellhop({
      dataDirectory: join(folder, 'data'),
      config: {
        nodes: {
          [web]: { connection: 'local', accounts: [account], tags: { role: 'web', all: 'yes' } },
          [db]: { connection: 'local', accounts: [account], tags: { role: 'db', all: 'yes' } },
        },
      },
    })
  before(async () => {
    folder = temporaryFolder({ after: clean => cleanups.push(clean) })
    effects = join(folder, 'effects')
    mkdirSync(effects)
    chmodSync(effects, 0o777)
    server = await start()
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) clean()
  })

  let count = 0
  const begin = async (inputs: object): Promise<string> => {
    const Name = `Command-${++count}`
    const step = { name: 'run', action: 'aws:runCommand', inputs }
    const Content = JSON.stringify({ schemaVersion: '0.3', mainSteps: [step], outputs: ['run.Output'] })
    await call(server, 'ssm', 'CreateDocument', { Name, Content, DocumentType: 'Automation', DocumentFormat: 'JSON' })
    const { AutomationExecutionId } = await call(server, 'ssm', 'StartAutomationExecution', { DocumentName: Name })
    return AutomationExecutionId
  }
  const look = async (AutomationExecutionId: string) =>
    (await call(server, 'ssm', 'GetAutomationExecution', { AutomationExecutionId })).AutomationExecution
  const ended = (id: string) =>
    until(async () => {
      const execution = await look(id)
      return ['Success', 'Failed', 'TimedOut', 'Cancelled'].includes(execution.AutomationExecutionStatus) && execution
    }, 'the execution ends')
  const run = async (inputs: object) => ended(await begin(inputs))

  test('gives what the shell said, and how it ended', async () => {
    const commands = ['echo "$AWS_SSM_INSTANCE_ID"', 'echo oops >&2']
    const { StepExecutions } = await run({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [web],
      Parameters: { commands },
    })
    const { Outputs, StepStatus } = StepExecutions[0]
    assert.equal(StepStatus, 'Success')
    assert.deepEqual(Outputs.ResponseCode, ['0'])
    assert.deepEqual(Outputs.Output, [`${web}\n\n----------ERROR-------\noops`])
    assert.match(Outputs.CommandId[0], /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    assert.equal(JSON.parse(Outputs.OutputPayload[0]).Status, 'Success')
  })

  test("fails in SSM's words", async () => {
    const { FailureMessage, StepExecutions } = await run({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [web],
      Parameters: { commands: ['echo bad', 'exit 7'] },
    })
    assert.match(
      FailureMessage,
      /Step fails when it is verifying the command has completed\. Command [0-9a-f-]{36} returns/,
    )
    assert.match(FailureMessage, /\{Status=\[Failed\], ResponseCode=\[7\], Output=\[bad\n/)
    assert.deepEqual(StepExecutions[0].Outputs.ResponseCode, ['7'])
  })

  test('times out', async () => {
    const Parameters = { commands: ['sleep 60'], executionTimeout: '1' }
    const { FailureMessage } = await run({ DocumentName: 'AWS-RunShellScript', InstanceIds: [web], Parameters })
    assert.match(FailureMessage, /Status=\[TimedOut\], ResponseCode=\[124\]/)
  })

  test('runs a stored command document, whose parameters are no shell text', async () => {
    const Content = JSON.stringify({
      schemaVersion: '2.2',
      parameters: { Who: { type: 'String', interpolationType: 'ENV_VAR' } },
      mainSteps: [{ action: 'aws:runShellScript', name: 's', inputs: { runCommand: ['printf %s "$SSM_Who"'] } }],
    })
    const made = await call(server, 'ssm', 'CreateDocument', {
      ...{ Name: 'Greet', Content, DocumentType: 'Command', DocumentFormat: 'JSON' },
    })
    assert.equal(made.DocumentDescription.DocumentType, 'Command')
    const evil = `$(touch ${effects}/evil); '"\``
    const { Outputs } = await run({ DocumentName: 'Greet', InstanceIds: [web], Parameters: { Who: evil } })
    assert.deepEqual(Outputs['run.Output'], [evil])
    assert.equal(existsSync(join(effects, 'evil')), false)
  })

  test('finds nodes by their tags, one after the other where that is asked for', async () => {
    const commands = ['echo "$AWS_SSM_INSTANCE_ID"']
    const on = async (Targets: object[], rest = {}) =>
      (await run({ DocumentName: 'AWS-RunShellScript', Targets, Parameters: { commands }, ...rest })).Outputs[
        'run.Output'
      ]
    assert.deepEqual(await on([{ Key: 'tag:role', Values: ['db'] }]), [`${db}\n`])
    assert.deepEqual(await on([{ Key: 'tag:all', Values: ['yes'] }], { MaxConcurrency: '1' }), [`${web}\n\n${db}\n`])
  })

  test('says what is wrong', async () => {
    const message = async (inputs: object) => (await run(inputs)).FailureMessage
    const shell = { DocumentName: 'AWS-RunShellScript', InstanceIds: [web] }
    assert.match(await message({ ...shell, DocumentName: 'Nothing' }), /Document with name Nothing does not exist/)
    assert.match(await message({ ...shell, Parameters: {} }), /Missing required parameter: commands/)
    assert.match(await message({ ...shell, InstanceIds: [web, 'i-0123456789abcdef0'] }), /mixes nodes/)
    assert.match(await message({ ...shell, OutputS3BucketName: 'b' }), /OutputS3BucketName is not supported/)
  })

  test('a server that dies finds the command again and does not run it twice', async () => {
    const mark = join(effects, 'crash')
    const commands = [
      `echo begun >> '${mark}'`,
      `while [ ! -e '${effects}/go' ]; do sleep 0.05; done`,
      `echo done >> '${mark}'`,
    ]
    const id = await begin({ DocumentName: 'AWS-RunShellScript', InstanceIds: [web], Parameters: { commands } })
    await until(async () => existsSync(mark), 'the command runs')
    await server.kill()
    server = await start()
    await until(async () => (await look(id)).StepExecutions[0].StepStatus === 'InProgress', 'it is taken up again')
    await server.kill()
    writeFileSync(join(effects, 'go'), '')
    server = await start()
    assert.equal((await ended(id)).AutomationExecutionStatus, 'Success')
    assert.equal(readFileSync(mark, 'utf8'), 'begun\ndone\n')
  })

  test('a cancel ends the command', async () => {
    const mark = join(effects, 'cancel')
    const commands = [
      `trap "echo ended > '${mark}.end'; exit 1" TERM`,
      `echo x > '${mark}'`,
      'while :; do sleep 0.05; done',
    ]
    const id = await begin({ DocumentName: 'AWS-RunShellScript', InstanceIds: [web], Parameters: { commands } })
    await until(async () => existsSync(mark), 'the command runs')
    await call(server, 'ssm', 'StopAutomationExecution', { AutomationExecutionId: id, Type: 'Cancel' })
    assert.equal((await ended(id)).AutomationExecutionStatus, 'Cancelled')
    await until(async () => existsSync(`${mark}.end`), 'the command ends')
  })
})
