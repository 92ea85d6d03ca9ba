import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { run } from '../../src/cli/main.ts'
import { capture } from '../cli/io.ts'
import { account, type Bellhop, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { serviceAction } from '../kit/catalog.ts'
import { CloudFormation } from '../kit/cloudformation.ts'
import { type Moto, type MotoAccount, requireMoto } from '../kit/moto.ts'
import { product, requester, version } from '../kit/provisioning.ts'

const template = (more: object = {}) => ({
  Parameters: {
    Value: {
      Type: 'String',
      Default: 'one',
      Description: 'What it is set to.',
      AllowedValues: ['one', 'two', 'three'],
    },
    Secret: { Type: 'String', NoEcho: true, Default: 'hunter2', MinLength: 3 },
  },
  Resources: {
    Setting: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Name: { 'Fn::Sub': '${AWS::StackName}-setting' }, Value: { Ref: 'Value' } },
    },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    ...more,
  },
  Outputs: { Name: { Value: { Ref: 'Setting' }, Description: 'The name of the setting.' } },
})

/** CloudFormation stacks for real, on moto: everything that goes well. What moto does not do is in src/engines/cfn-stack. */
describe('products of type CLOUD_FORMATION_TEMPLATE', () => {
  const cleanups: (() => void)[] = []
  let moto: Moto | undefined
  let aws: MotoAccount
  let folder: string
  let server: Bellhop
  let desk: ReturnType<typeof requester>
  before(async () => {
    moto = await requireMoto({ skip: () => {} })
    if (!moto) return
    aws = await moto.account()
    folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    server = await startBellhop({ dataDirectory: join(folder, 'data'), env: aws.env })
    desk = requester(server)
  })
  after(async () => {
    if (!moto) return
    assert.equal(await server.stop(), 0)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    for (const clean of cleanups) clean()
  })

  /** A template in the artifact store. */
  async function put(content: object): Promise<string> {
    writeFileSync(join(folder, 'template.json'), JSON.stringify(content))
    const { accessKeyId, secretAccessKey } = server.credentials
    const env = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: 'us-east-1',
      HOME: '/nonexistent',
    }
    const words = ['artifact', 'put', 'template.json', '--query', 'Path', '--output', 'text']
    const ran = await capture(io => run([...words, '--endpoint-url', server.url], io), {
      env,
      cwd: folder,
      program: 'bellhop',
    })
    assert.equal(ran.exit, 0, ran.stderr)
    return ran.stdout.trim()
  }

  test('are provisioned, updated and terminated as stacks', async t => {
    if (!moto) return void (await requireMoto(t))
    const made = await product(server, { type: 'CLOUD_FORMATION_TEMPLATE', path: await put(template()) })
    const parameters = await desk.sc('DescribeProvisioningParameters', {
      ProductId: made.productId,
      ProvisioningArtifactId: made.artifactId,
    })
    assert.deepEqual(parameters.ProvisioningArtifactParameters, [
      {
        ParameterKey: 'Value',
        DefaultValue: 'one',
        ParameterType: 'String',
        IsNoEcho: false,
        Description: 'What it is set to.',
        ParameterConstraints: { AllowedValues: ['one', 'two', 'three'] },
      },
      {
        ParameterKey: 'Secret',
        DefaultValue: '****',
        ParameterType: 'String',
        IsNoEcho: true,
        ParameterConstraints: { MinLength: '3' },
      },
    ])

    const record = await desk.provision(made, { Value: 'two' }, { Tags: [{ Key: 'team', Value: 'blue' }] })
    assert.equal(record.Status, 'SUCCEEDED', JSON.stringify(record))
    assert.equal(record.ProvisionedProductType, 'CFN_STACK')
    const id: string = record.ProvisionedProductId
    const name = `SC-${account}-${id}`
    assert.deepEqual(Object.keys(record.outputs).sort(), ['CloudformationStackARN', 'Name'])
    assert.match(record.outputs.CloudformationStackARN, new RegExp(`:stack/${name}/`))
    assert.equal(record.outputs.Name, `${name}-setting`)
    const value = async () =>
      ((await aws.api.call('ssm', 'GetParameter', { Name: `${name}-setting` }))['Parameter'] as any).Value
    assert.equal(await value(), 'two')
    const [stack] = (await aws.api.call('cloudformation', 'DescribeStacks', { StackName: name }))['Stacks'] as any[]
    const tags = Object.fromEntries(stack.Tags.map(({ Key, Value }: any) => [Key, Value]))
    assert.equal(tags.team, 'blue')
    assert.match(tags['bellhop:provisionedProductArn'], new RegExp(`/${id}$`))
    assert.equal((await desk.describe(id)).Status, 'AVAILABLE')

    const updated = await desk.update(id, { Value: 'three' })
    assert.equal(updated.Status, 'SUCCEEDED', JSON.stringify(updated))
    assert.equal(await value(), 'three')

    const gone = await desk.terminate(id)
    assert.equal(gone.Status, 'SUCCEEDED', JSON.stringify(gone))
    await assert.rejects(value(), { code: 'ParameterNotFound' })
  })

  test('are made in the account of their launch role, and are not seen from another', async t => {
    if (!moto) return void (await requireMoto(t))
    const other = await moto.account()
    const made = await product(server, {
      type: 'CLOUD_FORMATION_TEMPLATE',
      path: await put(template()),
      constraints: { LAUNCH: { RoleArn: `arn:aws:iam::${other.id}:role/Launch` } },
    })
    const record = await desk.provision(made)
    assert.equal(record.Status, 'SUCCEEDED', JSON.stringify(record))
    const StackName = `SC-${account}-${record.ProvisionedProductId}`
    await other.api.call('cloudformation', 'DescribeStacks', { StackName })
    await assert.rejects(aws.api.call('cloudformation', 'DescribeStacks', { StackName }), { code: 'ValidationError' })
    assert.equal((await desk.terminate(record.ProvisionedProductId)).Status, 'SUCCEEDED')
    await assert.rejects(other.api.call('cloudformation', 'DescribeStacks', { StackName }), { code: 'ValidationError' })
  })

  test('are planned by change sets, and executed as they were planned', async t => {
    if (!moto) return void (await requireMoto(t))
    const made = await product(server, { type: 'CLOUD_FORMATION_TEMPLATE', path: await put(template()) })
    const plan = async (more: object) => {
      const { PlanId } = await desk.sc('CreateProvisionedProductPlan', {
        PlanName: 'plan',
        PlanType: 'CLOUDFORMATION',
        ProductId: made.productId,
        ProvisioningArtifactId: made.artifactId,
        IdempotencyToken: randomUUID(),
        ...more,
      })
      const described = await until(async () => {
        const found = await desk.sc('DescribeProvisionedProductPlan', { PlanId })
        return found.ProvisionedProductPlanDetails.Status !== 'CREATE_IN_PROGRESS' && found
      }, `the plan ${PlanId}`)
      return { PlanId, ...described }
    }
    const first = await plan({ ProvisionedProductName: 'planned' })
    assert.equal(first.ProvisionedProductPlanDetails.Status, 'CREATE_SUCCESS', JSON.stringify(first))
    const shown = first.ResourceChanges.map((change: any) => [
      change.Action,
      change.LogicalResourceId,
      change.ResourceType,
    ])
    assert.deepEqual(shown.sort(), [
      ['ADD', 'Bucket', 'AWS::S3::Bucket'],
      ['ADD', 'Setting', 'AWS::SSM::Parameter'],
    ])
    const { RecordDetail } = await desk.sc('ExecuteProvisionedProductPlan', {
      PlanId: first.PlanId,
      IdempotencyToken: randomUUID(),
    })
    const record = await desk.ended(RecordDetail.RecordId)
    assert.equal(record.Status, 'SUCCEEDED', JSON.stringify(record))

    const topic = { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } }
    const artifactId = await version(server, made, 'v2', await put(template(topic)))
    const second = await plan({ ProvisionedProductName: 'planned', ProvisioningArtifactId: artifactId })
    assert.equal(second.ProvisionedProductPlanDetails.Status, 'CREATE_SUCCESS', JSON.stringify(second))
    assert.deepEqual(
      second.ResourceChanges.map((change: any) => [change.Action, change.LogicalResourceId]),
      [['ADD', 'Topic']],
    )
    await desk.sc('DeleteProvisionedProductPlan', { PlanId: second.PlanId })
    const sets = await aws.api.call('cloudformation', 'ListChangeSets', {
      StackName: `SC-${account}-${record.ProvisionedProductId}`,
    })
    const names = (sets['Summaries'] as any[]).map(({ ChangeSetName }) => ChangeSetName)
    assert.ok(!names.includes(`SC-${second.PlanId}`), names.join())
  })

  test('take service actions on their real resources, and through the stack itself', async t => {
    if (!moto) return void (await requireMoto(t))
    const made = await product(server, { type: 'CLOUD_FORMATION_TEMPLATE', path: await put(template()) })
    const tag = await serviceAction(server, made, {
      name: 'TagSetting',
      targetType: '/AWS::SSM::Parameter',
      parameters: [{ Name: 'Setting', Type: 'TARGET' }],
      document: {
        parameters: { Setting: { type: 'String' } },
        mainSteps: [
          {
            name: 'describe',
            action: 'aws:executeAwsApi',
            inputs: {
              Service: 'ssm',
              Api: 'AddTagsToResource',
              ResourceType: 'Parameter',
              ResourceId: '{{ Setting }}',
              Tags: [{ Key: 'by', Value: 'action' }],
            },
          },
        ],
      },
    })
    const set = await serviceAction(server, made, {
      name: 'SetValue',
      document: {
        parameters: { To: { type: 'String', default: 'three' } },
        mainSteps: [
          {
            name: 'set',
            action: 'bellhop:invokeEngine',
            inputs: { Action: 'UpdateStack', Parameters: { Value: '{{ To }}' } },
          },
        ],
        outputs: ['set.StackStatus'],
      },
    })
    // moto knows a previous value only where one was given.
    const record = await desk.provision(made, { Secret: 'hush' })
    assert.equal(record.Status, 'SUCCEEDED', JSON.stringify(record))
    const id: string = record.ProvisionedProductId
    const described = await desk.sc('DescribeServiceActionExecutionParameters', {
      ProvisionedProductId: id,
      ServiceActionId: tag,
    })
    const [target] = described.ServiceActionParameters
    assert.deepEqual(target.DefaultValues, [`SC-${account}-${id}-setting`])
    const tagged = await desk.execute(id, tag)
    assert.equal(tagged.Status, 'SUCCEEDED', JSON.stringify(tagged))
    const asked = { ResourceType: 'Parameter', ResourceId: target.DefaultValues[0] }
    const { TagList } = await aws.api.call('ssm', 'ListTagsForResource', asked)
    assert.deepEqual(TagList, [{ Key: 'by', Value: 'action' }])

    const changed = await desk.execute(id, set)
    assert.equal(changed.Status, 'SUCCEEDED', JSON.stringify(changed))
    assert.equal(changed.outputs['set.StackStatus'], 'UPDATE_COMPLETE')
    const Name = `SC-${account}-${id}-setting`
    const value = async () => ((await aws.api.call('ssm', 'GetParameter', { Name }))['Parameter'] as any).Value
    assert.equal(await value(), 'three')
    // What the action has set is what an update without parameters keeps.
    assert.match((await desk.update(id)).RecordErrors[0].Description, /No updates are to be performed/)
    assert.equal((await desk.describe(id)).Status, 'TAINTED')
    assert.equal((await desk.terminate(id, { RetainPhysicalResources: true })).Status, 'SUCCEEDED')
    assert.equal(await value(), 'three', 'what is retained is still there')
  })

  test('may be stacks that were made by hand, and templates may be taken from them', async t => {
    if (!moto) return void (await requireMoto(t))
    const made = await product(server, { type: 'CLOUD_FORMATION_TEMPLATE', path: await put(template()) })
    const stackOf = async (name: string, content: object) => {
      const Parameters = [
        { ParameterKey: 'Value', ParameterValue: 'two' },
        { ParameterKey: 'Secret', ParameterValue: 'hush' },
      ]
      const asked = { StackName: name, TemplateBody: JSON.stringify(content), Parameters }
      return (await aws.api.call('cloudformation', 'CreateStack', asked))['StackId'] as string
    }
    const byHand = await stackOf('by-hand', template())
    const other = await stackOf('other', template({ Topic: { Type: 'AWS::SNS::Topic' } }))
    const take = (PhysicalId: string, more: object = {}) =>
      desk.sc('ImportAsProvisionedProduct', {
        ProductId: made.productId,
        ProvisioningArtifactId: made.artifactId,
        ProvisionedProductName: `taken-${randomUUID()}`,
        PhysicalId,
        IdempotencyToken: randomUUID(),
        ...more,
      })
    await assert.rejects(take(other), /InvalidParametersException.*is not that of provisioning artifact pa-/)
    await assert.rejects(take(`${byHand}x`), /ResourceNotFoundException.*does not exist/)
    await assert.rejects(
      take(byHand.replace('us-east-1', 'eu-west-1')),
      /InvalidParametersException.*in region eu-west-1/,
    )
    const record = await desk.ended((await take(byHand)).RecordDetail.RecordId)
    assert.equal(record.Status, 'SUCCEEDED', JSON.stringify(record))
    const id: string = record.ProvisionedProductId
    assert.deepEqual(record.outputs, { CloudformationStackARN: byHand, Name: 'by-hand-setting' })
    assert.equal((await desk.describe(id)).Status, 'AVAILABLE')
    await assert.rejects(take(byHand), /DuplicateResourceException.*is that of provisioned product pp-/)
    const updated = await desk.update(id, { Value: 'three' })
    assert.equal(updated.Status, 'SUCCEEDED', JSON.stringify(updated))
    const setting = await aws.api.call('ssm', 'GetParameter', { Name: 'by-hand-setting' })
    assert.equal((setting['Parameter'] as any).Value, 'three')

    const artifactId = await version(server, made, 'from-a-stack', other)
    await aws.api.call('cloudformation', 'DeleteStack', { StackName: 'other' })
    const copied = await desk.provision({ ...made, artifactId })
    assert.equal(copied.Status, 'SUCCEEDED', JSON.stringify(copied))
    await assert.rejects(version(server, made, 'from-nothing', `${other}x`), /The template of stack .* cannot be read/)

    assert.equal((await desk.terminate(id)).Status, 'SUCCEEDED')
    await assert.rejects(aws.api.call('cloudformation', 'DescribeStacks', { StackName: 'by-hand' }), /does not exist/)
  })

  test('whose templates cannot be used are refused with the reason', async t => {
    if (!moto) return void (await requireMoto(t))
    const made = await product(server, { type: 'CLOUD_FORMATION_TEMPLATE', path: await put({ Resources: {} }) })
    await assert.rejects(desk.accept.provision(made), /InvalidParametersException.*at least one Resources member/)
    const gone = await version(server, made, 'v2', `s3://bucket-of-${aws.id}/none.yaml`)
    await assert.rejects(
      desk.accept.provision({ ...made, artifactId: gone }),
      /InvalidParametersException.*cannot be read from S3: NoSuchBucket/,
    )
    const inside = await version(server, made, 'v3', 'http://169.254.169.254/template')
    await assert.rejects(desk.accept.provision({ ...made, artifactId: inside }), /loopback, link-local or private/)
  })

  test('that moto refuses half way leave nothing behind, and can be mended', async t => {
    if (!moto) return void (await requireMoto(t))
    const subnet = {
      Instance: { Type: 'AWS::EC2::Instance', Properties: { ImageId: 'ami-12345678', SubnetId: 'subnet-0' } },
    }
    const made = await product(server, { type: 'CLOUD_FORMATION_TEMPLATE', path: await put(template(subnet)) })
    const good = await version(server, made, 'v2', await put(template()))
    const record = await desk.provision(made)
    assert.equal(record.Status, 'FAILED')
    assert.match(record.RecordErrors[0].Description, /CloudFormation CreateStack failed: InvalidSubnetID\.NotFound/)
    const id: string = record.ProvisionedProductId
    const broken = await desk.describe(id)
    assert.equal(broken.Status, 'ERROR')
    assert.match(broken.StatusMessage, /InvalidSubnetID/)
    const mended = await desk.update(id, {}, { ProvisioningArtifactId: good })
    assert.equal(mended.Status, 'SUCCEEDED', JSON.stringify(mended))
    assert.equal((await desk.describe(id)).Status, 'AVAILABLE')
  })
})

test('a rollback is seen in the record while it goes on', async t => {
  const cloud = await CloudFormation.start()
  t.after(() => cloud.stop())
  const folder = temporaryFolder(t)
  const env = { AWS_ENDPOINT_URL: cloud.url, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' }
  const origin = createServer((_, response) =>
    response.end(JSON.stringify({ Resources: { Bad: { Type: 'Test::Thing', Properties: { Fail: 'No room' } } } })),
  )
  await new Promise<void>(done => origin.listen(0, '127.0.0.1', done))
  t.after(() => origin.close())
  const path = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/template.json`
  const server = await startBellhop({
    dataDirectory: join(folder, 'data'),
    env,
    config: { outbound: { allow: ['127.0.0.1'] } },
  })
  const desk = requester(server)
  const made = await product(server, { type: 'CLOUD_FORMATION_TEMPLATE', path })
  const { RecordId } = await desk.accept.provision(made)
  const during = await until(async () => {
    const record = await desk.sc('DescribeRecord', { Id: RecordId })
    return record.RecordDetail.Status === 'IN_PROGRESS_IN_ERROR' && record
  }, 'the rollback')
  assert.match(during.RecordOutputs[0].OutputValue, /CREATE_FAILED Test::Thing Bad: No room/)
  const record = await desk.ended(RecordId)
  assert.deepEqual(record.RecordErrors, [
    { Code: 'CREATE_FAILED', Description: 'CloudFormation: Test::Thing Bad: No room' },
  ])
  assert.equal((await desk.describe(record.ProvisionedProductId)).Status, 'ERROR')
  assert.equal((await desk.terminate(record.ProvisionedProductId)).Status, 'SUCCEEDED')
  assert.equal(await server.stop(), 0)
  assert.doesNotMatch(server.log(), /"level":"error"/)
})

test('a server that is killed in the middle goes on with the stack that it had asked for', async t => {
  const cloud = await CloudFormation.start()
  t.after(() => cloud.stop())
  const folder = temporaryFolder(t)
  const env = { AWS_ENDPOINT_URL: cloud.url, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' }
  const things = Object.fromEntries(Array.from({ length: 3 }, (_, i) => [`Thing${i}`, { Type: 'Test::Thing' }]))
  const origin = createServer((_, response) => response.end(JSON.stringify({ Resources: things })))
  await new Promise<void>(done => origin.listen(0, '127.0.0.1', done))
  t.after(() => origin.close())
  const start = () =>
    startBellhop({ dataDirectory: join(folder, 'data'), env, config: { outbound: { allow: ['127.0.0.1'] } } })
  const first = await start()
  const path = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/template.json`
  const made = await product(first, { type: 'CLOUD_FORMATION_TEMPLATE', path })
  const { RecordId } = await requester(first).accept.provision(made)
  await until(async () => cloud.called('CreateStack') > 0, 'the stack')
  await first.kill()
  const second = await start()
  const record = await requester(second).ended(RecordId)
  assert.equal(record.Status, 'SUCCEEDED', JSON.stringify(record))
  assert.equal(cloud.called('CreateStack'), 1)
  assert.equal((await requester(second).terminate(record.ProvisionedProductId)).Status, 'SUCCEEDED')
  assert.equal(await second.stop(), 0)
})

test('without credentials, and with nobody at the endpoint, records fail and say so, and products can go', async t => {
  const folder = temporaryFolder(t)
  const origin = createServer((_, response) =>
    response.end(JSON.stringify({ Resources: { Thing: { Type: 'Test::Thing' } } })),
  )
  await new Promise<void>(done => origin.listen(0, '127.0.0.1', done))
  t.after(() => origin.close())
  const path = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/template.json`
  // No file of credentials, and no metadata service that could have some.
  const env = { HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }
  const server = await startBellhop({
    dataDirectory: join(folder, 'data'),
    env,
    config: { outbound: { allow: ['127.0.0.1'] } },
  })
  const desk = requester(server)
  const made = await product(server, { type: 'CLOUD_FORMATION_TEMPLATE', path })
  const record = await desk.provision(made)
  assert.equal(record.Status, 'FAILED')
  assert.match(record.RecordErrors[0].Description, /NoCredentials: The server has no AWS credentials for the account/)
  const id: string = record.ProvisionedProductId
  assert.equal((await desk.describe(id)).Status, 'ERROR')
  assert.equal((await desk.update(id)).Status, 'FAILED')
  assert.equal((await desk.terminate(id, { IgnoreErrors: true })).Status, 'FAILED')
  await assert.rejects(desk.describe(id), /ResourceNotFoundException/)
  assert.equal(await server.stop(), 0)
})
