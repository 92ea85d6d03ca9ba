import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { readCredentials } from '../../scripts/server-process.ts'
import { account, type Bellhop, call, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { document, makeUser, outputOf } from '../kit/identity.ts'

const otherAccount = '999988887777'

/** What a step asks of AWS, and of Bellhop where that is what stands there. */
const step = (Service: string, Api: string, more: object = {}) => ({
  name: Api.replaceAll(/\W/g, '_'),
  action: 'aws:executeAwsApi',
  inputs: { Service, Api, ...more },
})

describe('documents that call operations which Bellhop has', () => {
  const cleanups: (() => unknown)[] = []
  /** What arrived at the server that stands for AWS. */
  const atAws: string[] = []
  const aws = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const action = new URLSearchParams(body).get('Action')
    atAws.push(action ?? String(request.headers['x-amz-target']))
    if (action === null) return response.writeHead(200).end('{}')
    const error = '<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not you</Message></Error>'
    response.writeHead(403, { 'Content-Type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`)
  })
  let server: Bellhop
  let env: Record<string, string>
  let alice: any
  before(async () => {
    await new Promise<void>(done => aws.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`
    env = { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' }
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    const config = { accounts: [otherAccount] }
    server = await startBellhop({ dataDirectory: join(folder, 'data'), config, env })
    const input = { DisplayName: 'Shown', ProviderName: 'IT' }
    await outputOf(server, 'servicecatalog', 'CreatePortfolio', input)
    const ssm = { Effect: 'Allow', Action: ['ssm:*', 'iam:PassRole', 'cloudformation:*'], Resource: '*' }
    alice = await makeUser(server, 'alice', ssm)
    await documentOf('Rest', [{ name: 'rest', action: 'aws:sleep', inputs: { Duration: 'PT0S' } }])
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) await clean()
    aws.closeAllConnections()
    await new Promise(done => aws.close(done))
  })

  async function documentOf(Name: string, mainSteps: readonly object[], more: object = {}, target: Bellhop = server) {
    const Content = JSON.stringify({ schemaVersion: '0.3', ...more, mainSteps })
    await outputOf(target, 'ssm', 'CreateDocument', { Name, Content, DocumentType: 'Automation' })
  }

  /** Runs a document of these steps to its end. */
  async function ran(
    steps: readonly object[],
    { as = server, target = server, ...more }: { as?: any; target?: Bellhop; assumeRole?: string } = {},
  ): Promise<any> {
    count += 1
    const DocumentName = `Calls-${count}`
    await documentOf(DocumentName, steps, more, target)
    const { AutomationExecutionId } = await call(as, 'ssm', 'StartAutomationExecution', { DocumentName })
    return until(async () => {
      const found = await call(target, 'ssm', 'GetAutomationExecution', { AutomationExecutionId })
      const { AutomationExecution: execution } = found
      return ['Success', 'Failed', 'TimedOut', 'Cancelled'].includes(execution.AutomationExecutionStatus) && execution
    }, 'the end of the execution')
  }
  let count = 0

  const listed = {
    ...step('ServiceCatalog', 'list_portfolios'),
    outputs: [
      { Name: 'First', Selector: '$.PortfolioDetails[0].DisplayName', Type: 'String' },
      { Name: 'Made', Selector: '$.PortfolioDetails[0].CreatedTime', Type: 'String' },
      { Name: 'Status', Selector: '$.ResponseMetadata.HTTPStatusCode', Type: 'Integer' },
    ],
  }
  const started = {
    ...step('ssm', 'StartAutomationExecution', { DocumentName: 'Rest' }),
    outputs: [{ Name: 'Id', Selector: '$.AutomationExecutionId', Type: 'String' }],
  }

  async function role(RoleName: string, principal: object, statement: object, of: any = server): Promise<string> {
    const AssumeRolePolicyDocument = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal })
    const { Role } = await outputOf(of, 'iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument })
    const policy = { RoleName, PolicyName: 'test', PolicyDocument: document(statement) }
    await outputOf(of, 'iam', 'PutRolePolicy', policy)
    return Role.Arn
  }

  test('are answered by Bellhop, as whoever started them, in the form that AWS’s answers have', async () => {
    const asserted = {
      name: 'shown',
      action: 'aws:assertAwsResourceProperty',
      inputs: {
        Service: 'servicecatalog',
        Api: 'ListPortfolios',
        PropertySelector: '$..DisplayName',
        DesiredValues: ['Shown'],
      },
    }
    const waited = {
      name: 'ended',
      action: 'aws:waitForAwsResourceProperty',
      inputs: {
        Service: 'ssm',
        Api: 'GetAutomationExecution',
        AutomationExecutionId: '{{ StartAutomationExecution.Id }}',
        PropertySelector: '$.AutomationExecution.AutomationExecutionStatus',
        DesiredValues: ['Success'],
      },
    }
    const execution = await ran([listed, asserted, started, waited])
    assert.equal(execution.AutomationExecutionStatus, 'Success', execution.FailureMessage)
    const [{ Outputs: first }, , { Outputs: second }] = execution.StepExecutions
    assert.deepEqual(first.First, ['Shown'])
    assert.match(first.Made[0], /^\d{4}-\d\d-\d\dT/)
    assert.deepEqual(first.Status, ['200'])
    const child = { AutomationExecutionId: second.Id[0] }
    const { AutomationExecution } = await call(server, 'ssm', 'GetAutomationExecution', child)
    assert.equal(AutomationExecution.ExecutedBy, `arn:aws:iam::${account}:user/admin`)
    assert.deepEqual(atAws, [])
  })

  test('may do what that one may do, and nothing else', async () => {
    const refused = await ran([listed], { as: alice })
    assert.match(
      refused.FailureMessage,
      /An error occurred \(AccessDeniedException\) when calling the ListPortfolios operation: User: \S+user\/alice is not authorized to perform: servicecatalog:ListPortfolios/,
    )
    const begun = await ran([started], { as: alice })
    assert.equal(begun.AutomationExecutionStatus, 'Success', begun.FailureMessage)
    const child = { AutomationExecutionId: begun.StepExecutions[0].Outputs.Id[0] }
    const { AutomationExecution } = await call(server, 'ssm', 'GetAutomationExecution', child)
    assert.equal(AutomationExecution.ExecutedBy, `arn:aws:iam::${account}:user/alice`)
    assert.deepEqual(atAws, [])
  })

  test('are calls of the execution’s role, where it has one that trusts SSM', async () => {
    const mayList = { Effect: 'Allow', Action: 'servicecatalog:ListPortfolios', Resource: '*' }
    const reader = await role('Reader', { Service: 'ssm.amazonaws.com' }, mayList)
    const read = await ran([listed], { as: alice, assumeRole: reader })
    assert.equal(read.AutomationExecutionStatus, 'Success', read.FailureMessage)
    const denied = await ran([started], { assumeRole: reader })
    assert.match(denied.FailureMessage, /assumed-role\/Reader\/\S+ is not authorized to perform: ssm:StartAuto/)
    const suspicious = await role('Suspicious', { AWS: account }, mayList)
    const untrusted = await ran([listed], { assumeRole: suspicious })
    assert.match(untrusted.FailureMessage, /unable to be assumed.*Suspicious does not trust ssm\.amazonaws\.com/)
    assert.deepEqual(atAws, [])
  })

  test('go to AWS as a role that is none of the account’s here, whatever that role may do in another account', async () => {
    const credentials = readCredentials(server.dataDirectory, `bellhop-${otherAccount}`)
    const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
    const foreign = await role('Mighty', { Service: 'ssm.amazonaws.com' }, everything, { ...server, credentials })
    for (const assumeRole of [foreign, `arn:aws:iam::${account}:role/AtAwsAlone`]) {
      const execution = await ran([listed], { assumeRole })
      assert.match(execution.FailureMessage, /unable to be assumed.*AccessDenied/)
    }
    assert.deepEqual(atAws.splice(0), ['AssumeRole', 'AssumeRole'])
  })

  test('leave all other calls to AWS, those of the same services among them', async () => {
    const execution = await ran([step('ssm', 'GetParameter', { Name: '/a' }), step('sqs', 'ListQueues')])
    assert.equal(execution.AutomationExecutionStatus, 'Success', execution.FailureMessage)
    assert.deepEqual(atAws.splice(0), ['AmazonSSM.GetParameter', 'AmazonSQS.ListQueues'])
  })

  test('hand on the server’s own rights at AWS only for who may use them', async () => {
    const create = step('cloudformation', 'CreateStack', { StackName: 'a' })
    const refused = await ran([create], { as: alice })
    assert.match(refused.FailureMessage, /user\/alice is not authorized to perform: bellhop:UseServerCredentials/)
    assert.deepEqual(atAws, [])
    await outputOf(server, 'iam', 'PutUserPolicy', {
      UserName: 'alice',
      PolicyName: 'credentials',
      PolicyDocument: document({ Effect: 'Allow', Action: 'bellhop:UseServerCredentials', Resource: '*' }),
    })
    const passed = await ran([create], { as: alice })
    assert.match(passed.FailureMessage, /\(AccessDenied\) when calling the CreateStack operation: not you/)
    assert.deepEqual(atAws.splice(0), ['CreateStack'])
  })

  test('go to AWS, too, where the configuration says so', async t => {
    const config = { aws: { bellhopServes: false } }
    const target = await startBellhop({ dataDirectory: join(temporaryFolder(t), 'data'), config, env })
    try {
      const execution = await ran([step('servicecatalog', 'ListPortfolios')], { as: target, target })
      assert.equal(execution.AutomationExecutionStatus, 'Success', execution.FailureMessage)
      assert.deepEqual(atAws.splice(0), ['AWS242ServiceCatalogService.ListPortfolios'])
    } finally {
      assert.equal(await target.stop(), 0)
    }
  })
})
