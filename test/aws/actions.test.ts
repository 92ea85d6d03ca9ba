import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AwsApi } from '../../src/aws/index.ts'
import type { ActionCall, Progress } from '../../src/runbook/action.ts'
import { actions } from '../../src/runbook/actions/index.ts'
import { call, noTools } from '../../src/runbook/testing.ts'
import { type MotoAccount, requireMoto } from '../kit/moto.ts'

type Answer = any

/** The actions that call AWS, each against moto. */
describe('actions of AWS', () => {
  let account: MotoAccount | undefined

  const motoTest = (name: string, body: (account: MotoAccount, api: AwsApi) => Promise<void>) =>
    test(name, async t => {
      const moto = await requireMoto(t)
      if (!moto) return
      account ??= await moto.account()
      await body(account, account.api)
    })

  /** Runs a step to its end, with a clock that jumps to the next look. The handle goes through the journal's JSON. */
  async function run(
    name: string,
    inputs: Record<string, unknown>,
    changes: Partial<ActionCall> = {},
  ): Promise<Progress> {
    const action = actions.get(name)!
    const tools = { ...noTools, aws: account!.api }
    let { now } = call({ inputs })
    let progress = await action.start(call({ inputs, tools, now, ...changes }))
    for (let looks = 0; progress.state === 'waiting'; looks += 1) {
      assert.ok(looks < 20, `${name} waits: ${JSON.stringify(progress.handle)}`)
      now = progress.wakeAt!
      progress = await action.poll!(
        call({ inputs, tools, now, ...changes }),
        JSON.parse(JSON.stringify(progress.handle)),
      )
    }
    return progress
  }

  const succeeded = async (...given: Parameters<typeof run>): Promise<Answer> => {
    const progress = await run(...given)
    assert.equal(progress.state, 'succeeded', JSON.stringify(progress))
    return (progress as { response: Answer }).response
  }

  const failure = async (...given: Parameters<typeof run>) => {
    const progress = await run(...given)
    assert.ok(progress.state === 'failed', JSON.stringify(progress))
    return progress.failure
  }

  const instance = async (api: AwsApi): Promise<string> => {
    const { Instances } = (await api.call('ec2', 'RunInstances', {
      ImageId: 'ami-12c6146b',
      MinCount: 1,
      MaxCount: 1,
    })) as Answer
    return Instances[0].InstanceId
  }

  motoTest('executeAwsApi: an answer as JSON, dates as text, with ResponseMetadata', async (_, api) => {
    const id = await instance(api)
    const response = await succeeded('aws:executeAwsApi', { Service: 'ec2', Api: 'DescribeInstances', InstanceIds: id })
    const [found] = response.Reservations[0].Instances
    assert.equal(found.InstanceId, id)
    assert.match(found.LaunchTime, /^\d{4}-\d\d-\d\dT/)
    assert.equal(response.ResponseMetadata.HTTPStatusCode, 200)
    assert.doesNotThrow(() => JSON.stringify(response))
  })

  motoTest("executeAwsApi: AWS's refusal in boto3's words, ours as invalid input", async () => {
    const refused = await failure('aws:executeAwsApi', {
      Service: 'ec2',
      Api: 'stop_instances',
      InstanceIds: ['i-0abc'],
    })
    assert.match(
      refused.message,
      /^An error occurred \(InvalidInstanceID\.NotFound\) when calling the StopInstances operation: .* Step fails when it is Execute\/Cancelling action\. Please refer to Automation Service Troubleshooting Guide for more diagnosis details\.$/,
    )
    for (const [inputs, message] of [
      [{ Service: 'ec3', Api: 'X' }, /^There is no AWS service "ec3"\./],
      [{ Service: 'ec2', Api: 'Nap' }, /^The AWS service ec2 has no operation "Nap"\./],
      [
        { Service: 'ec2', Api: 'StopInstances', Ids: ['i'] },
        /^Parameter validation failed: Unknown parameter in input: "Ids"/,
      ],
      [{ Service: 'ec2', Api: 'StopInstances' }, /^Parameter validation failed: Missing required parameter/],
      [{ Service: 'sdb', Api: 'ListDomains' }, /^ListDomains of sdb cannot be called from here/],
      [{ Service: 7, Api: 'ListDomains' }, /^Service and Api must be names/],
    ] as const) {
      const { message: said, type, stage } = await failure('aws:executeAwsApi', inputs)
      assert.match(said, message)
      assert.deepEqual([stage, type], ['InputValidation', 'InvalidInput'])
    }
  })

  motoTest('assertAwsResourceProperty: booleans, numbers and lists as they say', async (_, api) => {
    const id = await instance(api)
    const given = { Service: 'ec2', Api: 'DescribeInstances', InstanceIds: [id] }
    const name = 'aws:assertAwsResourceProperty'
    for (const [PropertySelector, DesiredValues] of [
      ['$.Reservations[0].Instances[0].State.Name', ['stopped', 'running']],
      ['$..State.Name', ['running']],
      ['$..State.Code', ['16']],
      ['$.Reservations[0].Instances[0].EbsOptimized', ['False']],
      ['Reservations[0].Instances[0].EbsOptimized', false],
    ] as const) {
      await succeeded(name, { ...given, PropertySelector, DesiredValues })
    }
    const wrong = await failure(name, { ...given, PropertySelector: '$..State.Name', DesiredValues: ['stopped'] })
    assert.match(
      wrong.message,
      /^\$\.\.State\.Name found \["running"\], which is not in the desired values \["stopped"\]/,
    )
    assert.equal(wrong.stage, 'Verification')
    const none = await failure(name, { ...given, PropertySelector: '$.Nothing', DesiredValues: ['x'] })
    assert.match(none.message, /^\$\.Nothing found nothing/)
  })

  motoTest('assertAwsResourceProperty: a secret that is not as desired is not shown', async (_, api) => {
    await api.call('secretsmanager', 'CreateSecret', { Name: 'one', SecretString: 'hidden-text' })
    const inputs = {
      Service: 'secretsmanager',
      Api: 'GetSecretValue',
      SecretId: 'one',
      PropertySelector: '$.SecretString',
    }
    const { message } = await failure('aws:assertAwsResourceProperty', { ...inputs, DesiredValues: ['x'] })
    assert.doesNotMatch(message, /hidden-text/)
  })

  motoTest('waitForAwsResourceProperty: looks until it is so', async (_, api) => {
    const id = await instance(api)
    const action = actions.get('aws:waitForAwsResourceProperty')!
    assert.equal(action.defaultTimeoutSeconds, 3600)
    const inputs = {
      Service: 'ec2',
      Api: 'DescribeInstances',
      InstanceIds: [id],
      PropertySelector: '$.Reservations[0].Instances[0].State.Name',
      DesiredValues: ['stopped'],
    }
    const step = call({ inputs, tools: { ...noTools, aws: api } })
    const first = await action.start(step)
    assert.deepEqual(first, { state: 'waiting', handle: { looks: 1 }, wakeAt: step.now + 2000 })
    const second = await action.poll!(step, { looks: 20 })
    assert.deepEqual(second, { state: 'waiting', handle: { looks: 21 }, wakeAt: step.now + 30_000 })
    await api.call('ec2', 'StopInstances', { InstanceIds: [id] })
    assert.equal((await action.poll!(step, { looks: 1 })).state, 'succeeded')
    const gone = await action.start({ ...step, inputs: { ...inputs, InstanceIds: ['i-0abc'] } })
    assert.equal(gone.state, 'failed')
  })

  motoTest('changeInstanceState: stops, starts, only checks, terminates', async (_, api) => {
    const id = await instance(api)
    const change = (changes: object) => ({ InstanceIds: [id], ...changes })
    const name = 'aws:changeInstanceState'
    const stopped = await succeeded(name, change({ DesiredState: 'stopped', Force: 'true' }))
    assert.deepEqual(stopped, { InstanceIds: [id], InstanceStates: ['stopped'] })
    const { start } = actions.get(name)!
    const tools = { ...noTools, aws: api }
    const check = await start(call({ tools, inputs: change({ DesiredState: 'running', CheckStateOnly: true }) }))
    assert.equal(check.state, 'waiting', 'nothing was started')
    const unexpected = { ...change({ DesiredState: 'running', CheckStateOnly: true }), FailOnUnexpectedStopped: true }
    assert.match((await failure(name, unexpected)).message, /cannot become running: i-\w+ is stopped/)
    await succeeded(name, change({ DesiredState: 'running' }))
    await succeeded(name, change({ DesiredState: 'terminated' }))
    assert.match(
      (await failure(name, change({ DesiredState: 'stopped', CheckStateOnly: true }))).message,
      /is terminated/,
    )
    const bad = await failure(name, change({ DesiredState: '{{ x.y }}' }))
    assert.match(bad.message, /^DesiredState must be/)
    assert.match(
      (await failure(name, { InstanceIds: [], DesiredState: 'stopped' })).message,
      /^InstanceIds has no instance/,
    )
    assert.match(
      (await failure(name, { InstanceIds: ['i-0abc'], DesiredState: 'stopped' })).message,
      /InvalidInstanceID\.NotFound/,
    )
  })

  motoTest('runInstances: what EC2 is given, its token among it', async (_, api) => {
    const inputs = {
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.micro',
      MinInstanceCount: '2',
      MaxInstanceCount: '2',
      UserData: Buffer.from('#!/bin/sh').toString('base64'),
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'by', Value: 'step' }] }],
      Monitoring: 'true',
    }
    const { InstanceIds, InstanceStates } = await succeeded('aws:runInstances', inputs, { token: 'token-run' })
    assert.equal(InstanceIds.length, 2)
    assert.deepEqual(InstanceStates, ['running', 'running'])
    const data = (await api.call('ec2', 'DescribeInstanceAttribute', {
      InstanceId: InstanceIds[0],
      Attribute: 'userData',
    })) as Answer
    assert.equal(Buffer.from(data.UserData.Value, 'base64').toString(), '#!/bin/sh')
    const { Reservations } = (await api.call('ec2', 'DescribeInstances', {
      Filters: [{ Name: 'tag:by', Values: ['step'] }],
    })) as Answer
    assert.equal(Reservations[0].Instances[0].ClientToken, 'token-run')
    assert.equal(Reservations[0].Instances[0].Monitoring.State, 'enabled')
    await failure('aws:runInstances', { ImageId: 'ami-12c6146b', SubnetId: 'subnet-0abc' })
  })

  motoTest('createImage, copyImage, createTags, deleteImage', async (_, api) => {
    const id = await instance(api)
    const made = await succeeded('aws:createImage', {
      InstanceId: id,
      ImageName: 'one',
      ImageDescription: 'of the instance',
      NoReboot: true,
    })
    assert.equal(made.ImageState, 'available')
    const copied = await succeeded('aws:copyImage', {
      SourceImageId: made.ImageId,
      SourceRegion: 'us-east-1',
      ImageName: 'two',
    })
    assert.notEqual(copied.ImageId, made.ImageId)
    await succeeded('aws:createTags', { ResourceIds: [made.ImageId, id], Tags: [{ Key: 'k', Value: 'v' }] })
    const { Tags } = (await api.call('ec2', 'DescribeTags', {
      Filters: [{ Name: 'resource-id', Values: [made.ImageId] }],
    })) as Answer
    assert.deepEqual(
      Tags.map((tag: Answer) => [tag.Key, tag.Value]),
      [
        ['bellhop:step-token', 'token-1'],
        ['k', 'v'],
      ],
    )

    const { Images } = (await api.call('ec2', 'DescribeImages', { ImageIds: [made.ImageId] })) as Answer
    const snapshots = Images[0].BlockDeviceMappings.map((each: Answer) => each.Ebs.SnapshotId)
    assert.ok(snapshots.length > 0)
    await succeeded('aws:deleteImage', { ImageId: made.ImageId })
    const left = (await api.call('ec2', 'DescribeSnapshots', { OwnerIds: ['self'] })) as Answer
    assert.ok(!left.Snapshots.some((each: Answer) => snapshots.includes(each.SnapshotId)))
    assert.match(
      (await failure('aws:deleteImage', { ImageId: made.ImageId })).message,
      /InvalidAMIID|There is no image/,
    )
    // Looking again after a crash in the middle does no harm.
    const again = await actions.get('aws:deleteImage')!.poll!(
      call({ inputs: { ImageId: made.ImageId }, tools: { ...noTools, aws: api } }),
      { looks: 0, imageId: made.ImageId, snapshots },
    )
    assert.equal(again.state, 'succeeded')
  })

  motoTest('createTags: resources of Systems Manager, too', async (_, api) => {
    await api.call('ssm', 'PutParameter', { Name: '/p', Value: 'v', Type: 'String' })
    await succeeded('aws:createTags', {
      ResourceType: 'Parameter',
      ResourceIds: ['/p'],
      Tags: [{ Key: 'k', Value: 'v' }],
    })
    const { TagList } = (await api.call('ssm', 'ListTagsForResource', {
      ResourceType: 'Parameter',
      ResourceId: '/p',
    })) as Answer
    assert.deepEqual(TagList, [{ Key: 'k', Value: 'v' }])
    const wrong = { ResourceType: 'Bucket', ResourceIds: ['b'], Tags: [] }
    assert.match((await failure('aws:createTags', wrong)).message, /^ResourceType must be one of EC2, ManagedInstance/)
  })

  motoTest('createStack and deleteStack: to their ends', async (_, api) => {
    const TemplateBody = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }
    const inputs = { StackName: 'by-a-step', TemplateBody, Tags: [{ Key: 'k', Value: 'v' }] }
    const made = await succeeded('aws:createStack', inputs, { token: 'token-stack' })
    assert.equal(made.StackStatus, 'CREATE_COMPLETE')
    const other = await failure('aws:createStack', inputs, { token: 'token-other' })
    assert.match(other.message, /^An error occurred \(AlreadyExistsException\)/)
    const broken = await failure('aws:createStack', { StackName: 'broken', TemplateBody: { Resources: 7 } })
    assert.match(broken.message, /when calling the CreateStack operation/)
    const deleted = await succeeded('aws:deleteStack', { StackName: 'by-a-step' })
    assert.deepEqual(deleted, { StackId: made.StackId, StackStatus: 'DELETE_COMPLETE' })
    await succeeded('aws:deleteStack', { StackName: 'by-a-step' })
    const { Stacks } = (await api.call('cloudformation', 'DescribeStacks', {})) as Answer
    assert.ok(
      !Stacks.some((stack: Answer) => stack.StackName === 'by-a-step' && stack.StackStatus === 'CREATE_COMPLETE'),
    )
  })

  motoTest('executeStateMachine: named after the token, stopped on cancel', async ({ id }, api) => {
    const definition = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }
    const roleArn = `arn:aws:iam::${id}:role/states`
    const { stateMachineArn } = (await api.call('stepfunctions', 'CreateStateMachine', {
      name: 'machine',
      definition,
      roleArn,
    })) as Answer
    const { start, poll, cancel } = actions.get('aws:executeStateMachine')!
    const step = call({
      inputs: { stateMachineArn, input: { a: 1 } },
      token: 'token-machine',
      tools: { ...noTools, aws: api },
    })
    const begun = (await start(step)) as Answer
    assert.match(begun.handle.executionArn, /:execution:machine:token-machine$/)
    assert.deepEqual(((await start(step)) as Answer).handle, begun.handle)
    assert.equal((await poll!(step, begun.handle)).state, 'waiting', 'moto leaves it running')
    await cancel!(step, begun.handle)
    const stopped = await poll!(step, begun.handle)
    assert.ok(stopped.state === 'failed')
    assert.match(stopped.failure.message, /:token-machine is ABORTED/)
    assert.equal(stopped.response?.['status'], 'ABORTED')
    assert.match((await failure('aws:executeStateMachine', { stateMachineArn: 'x' })).message, /StartExecution/)
  })
})
