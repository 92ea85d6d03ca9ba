import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type AwsApi, AwsApiError, createAws } from '../../src/aws/index.ts'
import { type MotoAccount, requireMoto } from '../kit/moto.ts'

type Answer = any

/** Calls over each of the protocols, against moto. */
describe('calling AWS', () => {
  let account: MotoAccount | undefined
  let api: AwsApi
  const call = (service: string, operation: string, parameters: Record<string, unknown> = {}): Promise<Answer> =>
    api.call(service, operation, parameters)

  const motoTest = (name: string, body: () => Promise<void>) =>
    test(name, async t => {
      const moto = await requireMoto(t)
      if (!moto) return
      account ??= await moto.account()
      api = account.api
      await body()
    })

  motoTest('ec2: names as boto3 and as AWS write them, scalars for lists, text for numbers', async () => {
    const run = await call('EC2', 'run_instances', { ImageId: 'ami-12345678', MinCount: '1', max_count: 1 })
    const id = run.Instances[0].InstanceId
    const described = await call('ec2', 'DescribeInstances', { InstanceIds: id })
    assert.equal(described.Reservations[0].Instances[0].State.Name, 'running')
    assert.ok(described.Reservations[0].Instances[0].LaunchTime instanceof Date)
    const { RequestId, HTTPStatusCode, HTTPHeaders, RetryAttempts } = described.ResponseMetadata
    assert.match(RequestId, /./)
    assert.equal(HTTPStatusCode, 200)
    assert.equal(RetryAttempts, 0)
    assert.match(HTTPHeaders['content-type'], /xml/)
    await call('ec2', 'stopInstances', { InstanceIds: [id], Hibernate: 'false' })
    const after = await call('ec2', 'describe_instances', {
      Filters: { Name: 'instance-state-name', Values: 'stopped' },
    })
    assert.equal(after.Reservations.length, 1)
  })

  motoTest('ec2: user data is encoded as boto3 does', async () => {
    const run = await call('ec2', 'RunInstances', {
      ImageId: 'ami-1',
      MinCount: 1,
      MaxCount: 1,
      UserData: '#!/bin/sh é',
    })
    const [{ InstanceId }] = run.Instances
    const data = await call('ec2', 'DescribeInstanceAttribute', { InstanceId, Attribute: 'userData' })
    assert.equal(Buffer.from(data.UserData.Value, 'base64').toString(), '#!/bin/sh é')
  })

  motoTest('query: policies of IAM are maps, in and out; errors have the code of the wire', async () => {
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
    await call('iam', 'CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: policy })
    const { Role } = await call('iam', 'get_role', { RoleName: 'worker' })
    assert.deepEqual(Role.AssumeRolePolicyDocument, policy)
    const error = await rejection(call('iam', 'GetRole', { RoleName: 'nobody' }))
    assert.equal(error.code, 'NoSuchEntity')
    assert.equal(error.statusCode, 404)
    assert.match(error.message, /nobody/)
    assert.match(error.requestId ?? '', /./)
  })

  motoTest('query: a template in JSON is a map', async () => {
    const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }
    await call('cloudformation', 'CreateStack', { StackName: 'one', TemplateBody: template })
    const { TemplateBody } = await call('cloudformation', 'GetTemplate', { StackName: 'one' })
    assert.deepEqual(TemplateBody, template)
  })

  motoTest('json: an answer in full', async () => {
    await call('dynamodb', 'CreateTable', {
      TableName: 'things',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    })
    await call('dynamodb', 'PutItem', {
      TableName: 'things',
      Item: { id: { S: 'a' }, size: { N: 7 }, raw: { B: 'x' } },
    })
    const { Item } = await call('dynamodb', 'GetItem', { TableName: 'things', Key: { id: { S: 'a' } } })
    assert.deepEqual(
      { ...Item, raw: Buffer.from(Item.raw.B).toString() },
      { id: { S: 'a' }, size: { N: '7' }, raw: 'x' },
    )
    const error = await rejection(call('dynamodb', 'DescribeTable', { TableName: 'nothing' }))
    assert.equal(error.code, 'ResourceNotFoundException')
    const { QueueUrl } = await call('sqs', 'CreateQueue', { QueueName: 'q' })
    await call('sqs', 'SendMessage', { QueueUrl, MessageBody: { hello: 'you' } })
    const { Messages } = await call('sqs', 'ReceiveMessage', { QueueUrl })
    assert.equal(Messages[0].Body, '{"hello":"you"}')
    assert.equal(
      (await rejection(call('sqs', 'GetQueueUrl', { QueueName: 'x' }))).code,
      'AWS.SimpleQueueService.NonExistentQueue',
    )
  })

  motoTest('rest-json: labels, queries and bodies', async () => {
    const created = await call('apigateway', 'create_rest_api', { name: 'shop' })
    const read = await call('API Gateway', 'GetRestApi', { restApiId: created.id })
    assert.equal(read.name, 'shop')
    assert.ok(read.createdDate instanceof Date)
    const error = await rejection(call('lambda', 'GetFunction', { FunctionName: 'none' }))
    assert.equal(error.code, 'ResourceNotFoundException')
    assert.equal(error.statusCode, 404)
  })

  motoTest('rest-xml: objects with odd keys, listings decoded, HEAD as boto3 has it', async () => {
    const Bucket = `calls-${account!.id}`
    await call('s3', 'CreateBucket', { Bucket })
    const key = 'a b/é+%.txt'
    await call('s3', 'PutObject', { Bucket, Key: key, Body: 'hello', Metadata: { colour: 'red' } })
    const object = await call('s3', 'get_object', { Bucket, Key: key })
    assert.equal(Buffer.from(object.Body).toString(), 'hello')
    assert.deepEqual(object.Metadata, { colour: 'red' })
    const listed = await call('s3', 'ListObjectsV2', { Bucket })
    assert.equal(listed.Contents[0].Key, key)
    assert.ok(!('EncodingType' in listed))
    const missing = await rejection(call('s3', 'HeadObject', { Bucket, Key: 'none' }))
    assert.deepEqual([missing.code, missing.message, missing.statusCode], ['404', 'Not Found', 404])
    assert.equal((await rejection(call('s3', 'GetObject', { Bucket, Key: 'none' }))).code, 'NoSuchKey')
    assert.equal((await call('s3', 'GetBucketLocation', { Bucket })).LocationConstraint, null)
    await call('s3', 'DeleteObjects', { Bucket, Delete: { Objects: [{ Key: key }] } })
    assert.equal((await call('s3', 'ListObjectsV2', { Bucket })).KeyCount, 0)
  })

  motoTest('a role: its own credentials, kept, and never those of another', async () => {
    const aws = createAws({ env: account!.env, now: Date.now })
    const as = (accountId: string, name: string, session: string) =>
      aws.as({
        accountId,
        region: 'us-east-1',
        roleArn: `arn:aws:iam::${accountId}:role/${name}`,
        sessionName: session,
      })
    const one = as('310000000001', 'One', 'execution 1')
    const other = as('310000000002', 'One', 'execution 1')
    const { Arn } = (await one.call('sts', 'GetCallerIdentity', {})) as Answer
    assert.equal(Arn, 'arn:aws:sts::310000000001:assumed-role/One/execution-1')
    const { Account } = (await other.call('sts', 'GetCallerIdentity', {})) as Answer
    assert.equal(Account, '310000000002')
    const keys = await Promise.all([
      one.credentials(),
      one.credentials(),
      as('310000000001', 'One', 'execution 2').credentials(),
    ])
    assert.equal(keys[0], keys[1])
    assert.notEqual(keys[0]?.accessKeyId, keys[2]?.accessKeyId)
  })
})

async function rejection(work: Promise<unknown>): Promise<AwsApiError> {
  const error = await work.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof AwsApiError, String(error))
  return error
}
