import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { type Bellhop, call, send, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { type MotoAccount, requireMoto } from '../kit/moto.ts'
import { type Provisioned, provision } from '../runbook/runner.ts'

type Answer = any

/** The ready-made documents, each run as a service action of a server whose AWS is moto. */
describe('ready-made documents on moto', () => {
  const cleanups: (() => void)[] = []
  let started: Promise<{ server: Bellhop; product: Provisioned; account: MotoAccount }> | undefined

  after(async () => {
    const { server } = (await started) ?? {}
    if (server) assert.equal(await server.stop(), 0)
    for (const clean of cleanups) clean()
  })

  const start = async (account: MotoAccount) => {
    const temporary = temporaryFolder({ after: clean => cleanups.push(clean) })
    const server = await startBellhop({ dataDirectory: `${temporary}/data`, env: account.env })
    return { server, product: await provision(server), account }
  }

  const run = async (Name: string, parameters: Record<string, string | readonly string[]>): Promise<Answer> => {
    const { server, product } = await started!
    const { ServiceActionDetail } = await call(server, 'servicecatalog', 'CreateServiceAction', {
      Name: `${Name}-${randomUUID()}`,
      DefinitionType: 'SSM_AUTOMATION',
      Definition: {
        Name,
        Version: '1',
        Parameters: JSON.stringify(Object.keys(parameters).map(each => ({ Name: each, Type: 'TEXT_VALUE' }))),
      },
      IdempotencyToken: randomUUID(),
    })
    const ServiceActionId = ServiceActionDetail.ServiceActionSummary.Id
    await call(server, 'servicecatalog', 'AssociateServiceActionWithProvisioningArtifact', {
      ProductId: product.productId,
      ProvisioningArtifactId: product.artifactId,
      ServiceActionId,
    })
    const { RecordDetail } = await call(server, 'servicecatalog', 'ExecuteProvisionedProductServiceAction', {
      ProvisionedProductId: product.provisionedProductId,
      ServiceActionId,
      Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value].flat()])),
      ExecuteToken: randomUUID(),
    })
    const record = await until<Answer>(async () => {
      const seen = await call(server, 'servicecatalog', 'DescribeRecord', { Id: RecordDetail.RecordId })
      return ['SUCCEEDED', 'FAILED'].includes(seen.RecordDetail.Status) && seen
    }, Name)
    await call(server, 'servicecatalog', 'DisassociateServiceActionFromProvisioningArtifact', {
      ProductId: product.productId,
      ProvisioningArtifactId: product.artifactId,
      ServiceActionId,
    })
    const outputs = Object.fromEntries(record.RecordOutputs.map((each: Answer) => [each.OutputKey, each.OutputValue]))
    return { ...record.RecordDetail, outputs }
  }

  const succeeded = async (...given: Parameters<typeof run>): Promise<Record<string, string>> => {
    const { Status, RecordErrors, outputs } = await run(...given)
    assert.equal(Status, 'SUCCEEDED', JSON.stringify(RecordErrors))
    return outputs
  }

  const motoTest = (name: string, body: (account: MotoAccount) => Promise<void>) =>
    test(name, async t => {
      const moto = await requireMoto(t)
      if (!moto) return
      started ??= moto.account().then(start)
      await body((await started).account)
    })

  const instance = async ({ api }: MotoAccount): Promise<Answer> => {
    const launch = { ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1, InstanceType: 't3.small' }
    const { Instances } = (await api.call('ec2', 'RunInstances', launch)) as Answer
    return Instances[0]
  }
  const described = async ({ api }: MotoAccount, InstanceIds: string): Promise<Answer> =>
    ((await api.call('ec2', 'DescribeInstances', { InstanceIds })) as Answer).Reservations[0].Instances[0]

  motoTest('AWS-StopEC2Instance, AWS-StartEC2Instance, AWS-RestartEC2Instance', async account => {
    const [one, two] = [await instance(account), await instance(account)]
    const InstanceId = [one.InstanceId, two.InstanceId]
    await succeeded('AWS-StopEC2Instance', { InstanceId })
    assert.equal((await described(account, two.InstanceId)).State.Name, 'stopped')
    await succeeded('AWS-StartEC2Instance', { InstanceId })
    assert.equal((await described(account, one.InstanceId)).State.Name, 'running')
    const before = (await described(account, one.InstanceId)).LaunchTime
    await succeeded('AWS-RestartEC2Instance', { InstanceId: one.InstanceId })
    const after = await described(account, one.InstanceId)
    assert.equal(after.State.Name, 'running')
    assert.ok(after.LaunchTime >= before)
    const { Status, RecordErrors } = await run('AWS-StopEC2Instance', { InstanceId: 'i-0abc' })
    assert.equal(Status, 'FAILED')
    assert.match(JSON.stringify(RecordErrors), /InvalidInstanceID\.NotFound/)
  })

  motoTest('a document acts as the role that its caller names, in the account of the role', async () => {
    const other = await (await requireMoto({ skip: () => {} }))!.account()
    const { InstanceId } = await instance(other)
    const AutomationAssumeRole = `arn:aws:iam::${other.id}:role/Operator`
    await succeeded('AWS-StopEC2Instance', { InstanceId, AutomationAssumeRole })
    assert.equal((await described(other, InstanceId)).State.Name, 'stopped')
    const { Status } = await run('AWS-StopEC2Instance', { InstanceId })
    assert.equal(Status, 'FAILED', 'it is not in the account of the server')
  })

  motoTest('AWS-ResizeInstance', async account => {
    const { InstanceId } = await instance(account)
    await succeeded('AWS-ResizeInstance', { InstanceId, InstanceType: 't3.large', SleepWait: 'PT0S' })
    const resized = await described(account, InstanceId)
    assert.deepEqual([resized.InstanceType, resized.State.Name], ['t3.large', 'running'])
    await succeeded('AWS-ResizeInstance', { InstanceId, InstanceType: 't3.large' })
  })

  motoTest('AWS-AttachEBSVolume, AWS-DetachEBSVolume, AWS-CreateSnapshot, AWS-DeleteSnapshot', async account => {
    const { api } = account
    const { InstanceId, Placement } = await instance(account)
    const { AvailabilityZone } = Placement
    const { VolumeId } = (await api.call('ec2', 'CreateVolume', { AvailabilityZone, Size: 1 })) as Answer
    const volume = async () =>
      ((await api.call('ec2', 'DescribeVolumes', { VolumeIds: VolumeId })) as Answer).Volumes[0]
    await succeeded('AWS-AttachEBSVolume', { Device: '/dev/sdh', InstanceId, VolumeId })
    assert.deepEqual(
      (await volume()).Attachments.map((each: Answer) => [each.InstanceId, each.State]),
      [[InstanceId, 'attached']],
    )
    await succeeded('AWS-DetachEBSVolume', { VolumeId })
    assert.equal((await volume()).State, 'available')

    const outputs = await succeeded('AWS-CreateSnapshot', { VolumeId, Description: 'before the change' })
    const SnapshotId = outputs['createSnapshot.SnapshotId']!
    const find = async () =>
      ((await api.call('ec2', 'DescribeSnapshots', { OwnerIds: 'self' })) as Answer).Snapshots.filter(
        (each: Answer) => each.SnapshotId === SnapshotId,
      )
    assert.deepEqual(
      (await find()).map((each: Answer) => each.Description),
      ['before the change'],
    )
    await succeeded('AWS-DeleteSnapshot', { SnapshotId })
    assert.deepEqual(await find(), [])
  })

  motoTest('AWS-CreateImage', async account => {
    const { InstanceId } = await instance(account)
    const outputs = await succeeded('AWS-CreateImage', { InstanceId, NoReboot: 'true' })
    const ImageIds = outputs['createImage.ImageId']
    const { Images } = (await account.api.call('ec2', 'DescribeImages', { ImageIds })) as Answer
    assert.equal(Images[0].Name, `${InstanceId}-${outputs['AutomationExecutionId']}`)
  })

  motoTest(
    'AWS-StopRdsInstance, AWS-StartRdsInstance, AWS-RebootRdsInstance, AWS-CreateRdsSnapshot',
    async ({ api }) => {
      const InstanceId = 'db-1'
      await api.call('rds', 'CreateDBInstance', {
        DBInstanceIdentifier: InstanceId,
        DBInstanceClass: 'db.t3.micro',
        Engine: 'postgres',
        AllocatedStorage: 20,
      })
      const read = async () =>
        ((await api.call('rds', 'DescribeDBInstances', { DBInstanceIdentifier: InstanceId })) as Answer).DBInstances[0]
      await succeeded('AWS-StopRdsInstance', { InstanceId })
      assert.equal((await read()).DBInstanceStatus, 'stopped')
      // What is so already is left alone.
      await succeeded('AWS-StopRdsInstance', { InstanceId })
      await succeeded('AWS-StartRdsInstance', { InstanceId })
      assert.equal((await read()).DBInstanceStatus, 'available')
      await succeeded('AWS-StartRdsInstance', { InstanceId })
      await succeeded('AWS-RebootRdsInstance', { InstanceId })

      const made = await succeeded('AWS-CreateRdsSnapshot', {
        DBInstanceIdentifier: InstanceId,
        InstanceTags: '[{"Key":"kept","Value":"yes"}]',
        SnapshotTags: '[{"Key":"by","Value":"action"}]',
      })
      const name = made['createRDSSnapshot.SnapshotId']
      assert.equal(name, `db-1-${made['AutomationExecutionId']}`)
      const { DBSnapshots } = (await api.call('rds', 'DescribeDBSnapshots', { DBSnapshotIdentifier: name })) as Answer
      assert.deepEqual(DBSnapshots[0].TagList, [{ Key: 'by', Value: 'action' }])
      assert.deepEqual((await read()).TagList, [{ Key: 'kept', Value: 'yes' }])
      const named = await succeeded('AWS-CreateRdsSnapshot', {
        DBInstanceIdentifier: InstanceId,
        DBSnapshotIdentifier: 'of-my-own',
      })
      assert.equal(named['createRDSSnapshot.SnapshotId'], 'of-my-own')
    },
  )

  motoTest('AWS-PublishSNSNotification', async ({ api }) => {
    const { TopicArn } = (await api.call('sns', 'CreateTopic', { Name: 'news' })) as Answer
    const { QueueUrl } = (await api.call('sqs', 'CreateQueue', { QueueName: 'news' })) as Answer
    const Endpoint = QueueUrl.replace(/^.*\/(\d+)\/(.*)$/, 'arn:aws:sqs:us-east-1:$1:$2')
    await api.call('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint })
    const outputs = await succeeded('AWS-PublishSNSNotification', { TopicArn, Message: 'the {{ text }} as it is' })
    const { Messages } = (await api.call('sqs', 'ReceiveMessage', { QueueUrl })) as Answer
    const { Message, MessageId } = JSON.parse(Messages[0].Body)
    assert.deepEqual([Message, MessageId], ['the {{ text }} as it is', outputs['publishMessage.MessageId']])
  })

  motoTest('are Amazon’s: everybody reads them, nobody changes them', async () => {
    const { server } = await started!
    const Name = 'AWS-RestartEC2Instance'
    const { Document } = await call(server, 'ssm', 'DescribeDocument', { Name })
    assert.deepEqual(
      [
        Document.Owner,
        Document.TargetType,
        Document.DocumentVersion,
        Document.Parameters.map((each: Answer) => each.Name),
      ],
      ['Amazon', '/AWS::EC2::Instance', '1', ['InstanceId', 'AutomationAssumeRole']],
    )
    const { Content } = await call(server, 'ssm', 'GetDocument', { Name, DocumentFormat: 'JSON' })
    assert.equal(JSON.parse(Content).schemaVersion, '0.3')
    const list = async (owner: string) =>
      (await call(server, 'ssm', 'ListDocuments', { Filters: [{ Key: 'Owner', Values: [owner] }] })).DocumentIdentifiers
    assert.ok((await list('Amazon')).some((each: Answer) => each.Name === Name && each.Owner === 'Amazon'))
    assert.deepEqual(await list('Self'), [])
    for (const [operation, input] of [
      ['DeleteDocument', { Name }],
      ['UpdateDocument', { Name, Content: '{}' }],
      ['UpdateDocumentDefaultVersion', { Name, DocumentVersion: '1' }],
      ['CreateDocument', { Name, Content: '{}' }],
    ] as const) {
      const { status } = await send(server, 'ssm', operation, input)
      assert.equal(status, 400, operation)
    }
  })
})
