import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { readCredentials } from '../../scripts/server-process.ts'
import { account, type Bellhop, call, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { type ExternalProduct, externalProduct } from '../kit/catalog.ts'
import { document, makeUser, outcomeOf, outputOf } from '../kit/identity.ts'
import { type MotoAccount, requireMoto } from '../kit/moto.ts'

const receiver = '222222222222'
const topic = `arn:aws:sns:us-east-1:${account}:approvals`
type Who = Pick<Bellhop, 'url' | 'credentials'>

/** Documents through a whole server: whose they are, whom they act as, what they are run for, and whom they ask. */
describe('automation executions on a server', () => {
  const cleanups: (() => unknown)[] = []
  const posted: any[] = []
  const hook = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    posted.push(JSON.parse(body))
    response.end()
  })
  let server: Bellhop
  let other: Who
  let product: ExternalProduct
  let moto: MotoAccount | undefined
  before(async () => {
    await new Promise<void>(done => hook.listen(0, '127.0.0.1', done))
    const folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    copyFileSync(join(import.meta.dirname, 'fixtures/engine.mjs'), join(folder, 'engine.mjs'))
    moto = await (await requireMoto({ skip: () => {} }))?.account()
    server = await startBellhop({
      dataDirectory: join(folder, 'data'),
      env: moto?.env ?? {},
      config: {
        accounts: [receiver],
        engines: { mock: { transport: 'exec', command: ['node', './engine.mjs'] } },
        outbound: { allow: ['127.0.0.1'] },
        notifications: { [topic]: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook` },
      },
    })
    other = { url: server.url, credentials: readCredentials(server.dataDirectory, `bellhop-${receiver}`) }
    product = await externalProduct(server, 'mock', 's3://tests/good')
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) await clean()
    hook.closeAllConnections()
    await new Promise(done => hook.close(done))
  })

  async function documentOf(who: Who, Name: string, content: object, TargetType?: string): Promise<void> {
    const Content = JSON.stringify({ schemaVersion: '0.3', ...content })
    const target = TargetType === undefined ? {} : { TargetType }
    await outputOf(who, 'ssm', 'CreateDocument', { Name, Content, DocumentType: 'Automation', ...target })
  }

  const ended = (who: Who, AutomationExecutionId: string): Promise<any> =>
    until(async () => {
      const { AutomationExecution: found } = await call(who, 'ssm', 'GetAutomationExecution', { AutomationExecutionId })
      return /^(Success|Failed|TimedOut|Cancelled)$/.test(found.AutomationExecutionStatus) && found
    }, 'the end of the execution')

  async function provisioned(who: Who, ProvisionedProductName: string): Promise<string> {
    const { productId: ProductId, artifactId: ProvisioningArtifactId } = product
    const input = { ProductId, ProvisioningArtifactId, ProvisionedProductName }
    const { RecordDetail } = await outputOf(who, 'servicecatalog', 'ProvisionProduct', input)
    const record = { Id: RecordDetail.RecordId }
    await until(async () => {
      const found = await outputOf(who, 'servicecatalog', 'DescribeRecord', record)
      return found.RecordDetail.Status === 'SUCCEEDED'
    }, 'the product')
    return RecordDetail.ProvisionedProductId
  }

  async function actionOf(definition: object): Promise<string> {
    const Definition = { Version: '1', ...definition }
    const { ServiceActionDetail } = await outputOf(server, 'servicecatalog', 'CreateServiceAction', {
      Name: `act-${Math.floor(performance.now() * 1000)}`,
      DefinitionType: 'SSM_AUTOMATION',
      Definition,
    })
    const { Id: ServiceActionId } = ServiceActionDetail.ServiceActionSummary
    const { productId: ProductId, artifactId: ProvisioningArtifactId } = product
    const association = { ProductId, ProvisioningArtifactId, ServiceActionId }
    await outputOf(server, 'servicecatalog', 'AssociateServiceActionWithProvisioningArtifact', association)
    return ServiceActionId
  }

  const execute = (who: Who, input: object) =>
    outcomeOf(who, 'servicecatalog', 'ExecuteProvisionedProductServiceAction', input)

  /** The execution behind an action that was accepted. */
  async function executionOf(who: Who, outcome: Awaited<ReturnType<typeof execute>>): Promise<any> {
    assert.ok('output' in outcome, JSON.stringify(outcome))
    const record = { Id: outcome.output.RecordDetail.RecordId }
    const { RecordOutputs } = await outputOf(who, 'servicecatalog', 'DescribeRecord', record)
    return ended(who, RecordOutputs.find((each: any) => each.OutputKey === 'AutomationExecutionId').OutputValue)
  }

  const resting = {
    mainSteps: [{ name: 'rest', action: 'aws:sleep', inputs: { Duration: 'PT0S' } }],
  }

  test('the documents that a shared product’s document names are its owner’s', async () => {
    await documentOf(server, 'Inner', resting)
    const start = { name: 'inner', action: 'aws:executeAutomation', inputs: { DocumentName: 'Inner' } }
    const outputs = [{ Name: 'Id', Selector: '$.ExecutionId', Type: 'String' }]
    await documentOf(server, 'Outer', { mainSteps: [{ ...start, outputs }] })
    // Who may write documents in the receiver's account must not change what the owner's action does.
    await documentOf(other, 'Inner', {
      mainSteps: [{ name: 'evil', action: 'aws:sleep', inputs: { Duration: 'PT0S' } }],
    })
    const ServiceActionId = await actionOf({ Name: 'Outer' })
    const { portfolioId: PortfolioId } = product
    await outputOf(server, 'servicecatalog', 'CreatePortfolioShare', { PortfolioId, AccountId: receiver })
    await outputOf(other, 'servicecatalog', 'AcceptPortfolioShare', { PortfolioId })
    await outputOf(other, 'servicecatalog', 'AssociatePrincipalWithPortfolio', {
      PortfolioId,
      PrincipalARN: `arn:aws:iam::${receiver}:user/admin`,
      PrincipalType: 'IAM',
    })
    const ProvisionedProductId = await provisioned(other, 'received')
    const outer = await executionOf(other, await execute(other, { ProvisionedProductId, ServiceActionId }))
    assert.equal(outer.AutomationExecutionStatus, 'Success', outer.FailureMessage)
    const inner = await ended(other, outer.StepExecutions[0].Outputs.ExecutionId[0])
    assert.deepEqual(
      inner.StepExecutions.map((step: any) => step.StepName),
      ['rest'],
    )
    // The owner's document is run where the product is, and is nobody's to see there.
    const gone = await outcomeOf(other, 'ssm', 'GetDocument', { Name: 'Outer' })
    assert.ok('code' in gone && gone.code === 'InvalidDocument', JSON.stringify(gone))
  })

  test('a role that comes of a requester’s parameter must be passed by the requester, whatever it is called', async () => {
    const assumeRolePolicy = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ssm.amazonaws.com' } }
    const { Role } = await outputOf(server, 'iam', 'CreateRole', {
      RoleName: 'Starter',
      AssumeRolePolicyDocument: document(assumeRolePolicy),
    })
    await outputOf(server, 'iam', 'PutRolePolicy', {
      RoleName: 'Starter',
      PolicyName: 'start',
      PolicyDocument: document({ Effect: 'Allow', Action: 'ssm:StartAutomationExecution', Resource: '*' }),
    })
    await documentOf(server, 'Rest', resting)
    await documentOf(server, 'AsGiven', {
      assumeRole: '{{ As }}',
      parameters: { As: { type: 'String', default: '' } },
      mainSteps: [
        {
          name: 'start',
          action: 'aws:executeAwsApi',
          inputs: { Service: 'ssm', Api: 'StartAutomationExecution', DocumentName: 'Rest' },
          outputs: [{ Name: 'Id', Selector: '$.AutomationExecutionId', Type: 'String' }],
        },
      ],
    })
    const Parameters = JSON.stringify([{ Name: 'As', Type: 'TEXT_VALUE' }])
    const ServiceActionId = await actionOf({ Name: 'AsGiven', Parameters })
    const may = { Effect: 'Allow', Action: ['servicecatalog:*', 'ssm:*'], Resource: '*' }
    const eve = await makeUser(server, 'eve', may)
    const ProvisionedProductId = await provisioned(server, 'owned')
    const given = { ProvisionedProductId, ServiceActionId, Parameters: { As: [Role.Arn] } }
    const refused = await execute(eve, given)
    assert.ok('code' in refused)
    assert.equal(refused.code, 'AccessDeniedException', refused.message)
    assert.match(refused.message, /iam:PassRole on resource: .*role\/Starter/)
    const execution = await executionOf(server, await execute(server, given))
    assert.equal(execution.AutomationExecutionStatus, 'Success', execution.FailureMessage)
    const started = await ended(server, execution.StepExecutions[0].Outputs.Id[0])
    assert.match(started.ExecutedBy, /assumed-role\/Starter\//)
  })

  test('an action under the launch role of a product that has none says that there are no credentials', async () => {
    await documentOf(server, 'Launched', resting)
    const ServiceActionId = await actionOf({ Name: 'Launched', AssumeRole: 'LAUNCH_ROLE' })
    const { ConstraintDetails } = await outputOf(server, 'servicecatalog', 'ListConstraintsForPortfolio', {
      PortfolioId: product.portfolioId,
    })
    const { ConstraintId: Id } = ConstraintDetails.find((each: any) => each.Type === 'LAUNCH')
    await outputOf(server, 'servicecatalog', 'DeleteConstraint', { Id })
    const ProvisionedProductId = await provisioned(server, 'roleless')
    const refused = await execute(server, { ProvisionedProductId, ServiceActionId })
    assert.ok('code' in refused)
    assert.equal(refused.code, 'InvalidParametersException')
    assert.match(refused.message, /^Failed to retrieve credentials for role: .* has none\.$/)
  })

  test('targets with a tag or a tag’s key are those that AWS names', async t => {
    if (!(await requireMoto(t))) return
    const { api } = moto!
    const instance = async (...Tags: object[]): Promise<string> => {
      const { Instances } = (await api.call('ec2', 'RunInstances', {
        ImageId: 'ami-12c6146b',
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      })) as any
      return Instances[0].InstanceId
    }
    const blue = await instance({ Key: 'team', Value: 'blue' })
    const red = await instance({ Key: 'team', Value: 'red' })
    await instance({ Key: 'tier', Value: 'web' })
    await documentOf(
      server,
      'ForEach',
      {
        parameters: { InstanceId: { type: 'String' } },
        mainSteps: [{ name: 'rest', action: 'aws:sleep', inputs: { Duration: 'PT0S' } }],
      },
      '/AWS::EC2::Instance',
    )
    const runs = async (...Targets: object[]) => {
      const { AutomationExecutionId } = await call(server, 'ssm', 'StartAutomationExecution', {
        DocumentName: 'ForEach',
        TargetParameterName: 'InstanceId',
        Targets,
      })
      const execution = await ended(server, AutomationExecutionId)
      if (execution.AutomationExecutionStatus !== 'Success') return execution.FailureMessage
      return execution.StepExecutions.map((step: any) => step.Inputs.InstanceId).sort()
    }
    assert.deepEqual(await runs({ Key: 'tag:team', Values: ['blue'] }), [blue])
    assert.deepEqual(await runs({ Key: 'tag-key', Values: ['team'] }), [blue, red].sort())
    // moto does not list a group's resources; worker/automations.test.ts has AWS's answer.
    assert.match(await runs({ Key: 'ResourceGroup', Values: ['reds'] }), /^The targets could not be resolved: 404/)
  })

  test('approvers are told at the topic’s webhook who asks for what and how to answer, and their answer counts', async () => {
    const bob = await makeUser(server, 'bob', { Effect: 'Allow', Action: 'ssm:SendAutomationSignal', Resource: '*' })
    const inputs = { Approvers: ['bob', 'carl'], NotificationArn: topic, Message: 'May {{ Who }} go on?' }
    await documentOf(server, 'Ask', {
      parameters: { Who: { type: 'String' } },
      mainSteps: [{ name: 'ask', action: 'aws:approve', timeoutSeconds: 600, inputs }],
    })
    const start = { DocumentName: 'Ask', Parameters: { Who: ['"alice"'] } }
    const { AutomationExecutionId } = await call(server, 'ssm', 'StartAutomationExecution', start)
    const [notification] = await until(async () => posted.length > 0 && posted, 'the notification')
    assert.deepEqual([notification.Type, notification.TopicArn], ['Notification', topic])
    const { ApprovalRequest: asked } = JSON.parse(notification.Message)
    assert.equal(asked.AutomationExecutionId, AutomationExecutionId)
    assert.equal(asked.RequestedBy, `arn:aws:iam::${account}:user/admin`)
    assert.deepEqual([asked.DocumentName, asked.StepName, asked.Message], ['Ask', 'ask', 'May "alice" go on?'])
    assert.deepEqual([asked.Approvers, asked.MinRequiredApprovals], [['bob', 'carl'], 1])
    assert.ok(Date.parse(asked.ExpiresAt) > Date.now())
    const [approve] = asked.HowToAnswer
    assert.equal(approve.Commands[0], `bellhop approve ${AutomationExecutionId}`)
    // As the notification says, by somebody who may see nothing else.
    const { SignalType } = approve
    await outputOf(bob, 'ssm', 'SendAutomationSignal', {
      AutomationExecutionId: asked.AutomationExecutionId,
      SignalType,
    })
    assert.equal((await ended(server, AutomationExecutionId)).AutomationExecutionStatus, 'Success')
    assert.equal(posted.length, 1)
  })
})
