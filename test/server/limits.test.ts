import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { run } from '../../src/cli/main.ts'
import { capture } from '../cli/io.ts'
import { account, type Bellhop, fetchAnswer, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { externalProduct } from '../kit/catalog.ts'
import { makeUser, outcomeOf, outputOf } from '../kit/identity.ts'

/** Under way until it is told to stop. */
const content = JSON.stringify({
  schemaVersion: '0.3',
  mainSteps: [
    {
      name: 'work',
      action: 'aws:executeScript',
      inputs: { Runtime: 'python3.11', Handler: 'work', Script: 'import time\ndef work(e, c): time.sleep(600)' },
    },
  ],
})

describe('limits over HTTP', () => {
  const cleanups: (() => void)[] = []
  let dataDirectory: string
  let server: Bellhop
  const config = { limits: { accounts: { default: 1 } } }
  const ssm = (operation: string, input: object) => outputOf(server, 'ssm', operation, input)
  const start = async () => (await ssm('StartAutomationExecution', { DocumentName: 'Work' })).AutomationExecutionId
  const stop = (AutomationExecutionId: string) =>
    ssm('StopAutomationExecution', { AutomationExecutionId, Type: 'Cancel' })
  const ofExecution = (AutomationExecutionId: string) =>
    outputOf(server, 'bellhop', 'GetAutomationExecutionPosition', { AutomationExecutionId })
  const stands = (id: string, position: number | undefined) =>
    until(async () => (await ofExecution(id)).Position === position, `${id} to stand at ${position}`)
  const limit = { Type: 'ACCOUNT', Name: account, Most: 1 }

  before(async () => {
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    dataDirectory = join(folder, 'data')
    server = await startBellhop({ dataDirectory, config })
    await ssm('CreateDocument', { Name: 'Work', Content: content, DocumentType: 'Automation', DocumentFormat: 'JSON' })
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) clean()
  })

  test('what waits says where it stands, moves up, outlives a restart, and is shown to whoever may see it', async t => {
    const ids: string[] = []
    for (let i = 0; i < 4; i += 1) {
      ids.push(await start())
      await stands(ids[i]!, i === 0 ? undefined : i)
    }
    const [first, second, third, fourth] = ids as [string, string, string, string]
    const last = await ofExecution(fourth)
    assert.deepEqual([last.Waiting, last.Position, last.Limit], [true, 3, limit])
    assert.equal((await ofExecution(first)).Waiting, false)
    const { AutomationExecution } = await ssm('GetAutomationExecution', { AutomationExecutionId: fourth })
    assert.equal(AutomationExecution.AutomationExecutionStatus, 'Pending')

    const product = await externalProduct(server, 'none')
    const { RecordDetail } = await outputOf(server, 'servicecatalog', 'ProvisionProduct', {
      ProductId: product.productId,
      ProvisioningArtifactId: product.artifactId,
      ProvisionedProductName: 'waits',
    })
    const Id = RecordDetail.RecordId
    const ofRecord = async () => (await outputOf(server, 'bellhop', 'DescribeRecordPosition', { Id })).Position
    await until(async () => (await ofRecord()) === 4, 'the record to be the 4th')
    const described = await outputOf(server, 'servicecatalog', 'DescribeRecord', { Id })
    assert.equal(described.RecordDetail.Status, 'CREATED', 'AWS’s word for what has not begun')

    await t.test('to others it is as good as not there', async () => {
      const eve = await makeUser(server, 'eve', {
        Effect: 'Allow',
        Action: 'ssm:GetAutomationExecution',
        Resource: '*',
      })
      const PolicyArn = 'arn:aws:iam::aws:policy/AWSServiceCatalogEndUserFullAccess'
      await outputOf(server, 'iam', 'AttachUserPolicy', { UserName: 'eve', PolicyArn })
      const nobody = await makeUser(server, 'nobody')
      const codes = async (who: typeof eve) => {
        const asked = [
          await outcomeOf(who, 'bellhop', 'DescribeRecordPosition', { Id }),
          await outcomeOf(who, 'bellhop', 'GetAutomationExecutionPosition', { AutomationExecutionId: fourth }),
        ]
        return asked.map(outcome => ('code' in outcome ? outcome.code : 'shown'))
      }
      assert.deepEqual(await codes(eve), ['ResourceNotFoundException', 'AutomationExecutionNotFoundException'])
      assert.deepEqual(await codes(nobody), ['AccessDeniedException', 'AccessDeniedException'])
      const wrong = await outcomeOf(server, 'bellhop', 'DescribeRecordPosition', { Id: 'rec-none' })
      assert.equal('code' in wrong && wrong.code, 'ResourceNotFoundException')
      const short = await outcomeOf(server, 'bellhop', 'GetAutomationExecutionPosition', { AutomationExecutionId: 'x' })
      assert.equal('code' in short && short.code, 'ValidationException')
    })

    await t.test('metrics and the log count it', async () => {
      const { text } = await fetchAnswer(`${server.url}/metrics`, { method: 'GET', headers: {} })
      assert.match(text, new RegExp(`^bellhop_limit_waiting\\{limit="account:${account}"\\} 4$`, 'm'))
      assert.match(text, new RegExp(`^bellhop_limit_under_way\\{limit="account:${account}"\\} 1$`, 'm'))
      assert.match(text, new RegExp(`^bellhop_limit_wait_seconds\\{limit="account:${account}"\\} \\d`, 'm'))
      const lines = server.log().split('\n')
      const said = lines.find(line => line.includes('waits for its turn') && line.includes(second))
      assert.deepEqual(JSON.parse(said ?? '{}').limits, [`account:${account}`])
    })

    await t.test('the CLI tells it', async () => {
      const { accessKeyId, secretAccessKey } = server.credentials
      const env = {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: server.url,
        HOME: '/nonexistent',
      }
      const cli = (...words: string[]) => capture(io => run(words, io), { program: 'bellhop', env })
      const place = (number: number) => `number ${number} in line (limit of account ${account}: 1 at once)`
      const listed = (await cli('executions')).stdout.split('\n').find(line => line.startsWith(fourth))
      assert.ok(listed?.endsWith(place(3)), listed)
      const wait = ['servicecatalog', 'wait', 'record-succeeded', '--id', Id, '--timeout', '0.4', '--interval', '0.1']
      const waited = await cli(...wait)
      assert.equal(waited.exit, 3)
      assert.deepEqual(waited.stderr.split('\n').slice(0, 2), [`${Id}: CREATED`, `${Id}: waits: ${place(4)}`])
    })

    await server.kill()
    server = await startBellhop({ dataDirectory, config })
    await stands(fourth, 3)
    await stop(second)
    await until(async () => (await statusOf(second)) === 'Cancelled', 'one in line to be cancelled at once')
    await stands(fourth, 2)
    await stop(first)
    await stands(third, undefined)
    await stands(fourth, 1)
    assert.equal(await ofRecord(), 2)
    await stop(third)
    await stands(fourth, undefined)
    await until(async () => (await statusOf(fourth)) === 'InProgress', 'the fourth to begin')
    await stop(fourth)
    const begun = async () => (await outputOf(server, 'servicecatalog', 'DescribeRecord', { Id })).RecordDetail.Status
    await until(async () => (await begun()) === 'IN_PROGRESS', 'the record to begin')
    assert.equal(await ofRecord(), undefined)
  })

  const statusOf = async (AutomationExecutionId: string) =>
    (await ssm('GetAutomationExecution', { AutomationExecutionId })).AutomationExecution.AutomationExecutionStatus

  test('limits that cannot be are told at the start, and nothing is started', async () => {
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    const bad = { limits: { engines: { 'EXTERNAL/nobody': 2 } } }
    await assert.rejects(startBellhop({ dataDirectory: join(folder, 'data'), config: bad }))
  })
})
