import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AwsApiError } from '../../aws/api.ts'
import { workflowToken } from '../../catalog/engine-work.ts'
import type { Signal } from '../../catalog/execution.ts'
import { ArtifactError, type Engine } from '../engine.ts'
import { createEngines } from '../index.ts'
import { engineRequest } from '../testing.ts'
import { externalEnginesSchema } from './config.ts'

const request = engineRequest({ work: 'update', engineName: 'shop-engine' })
const { token, artifact } = request
const product = { engineName: 'shop-engine', launchRoleArn: 'arn:aws:iam::111122223333:role/SCLaunch' }

let now = 0

/** The engine, the calls that it made of AWS, and what AWS answers to each operation. */
function deployed(
  settings: object = {},
  answers: Readonly<Record<string, unknown>> = {
    GetQueueUrl: { QueueUrl: 'https://sqs.example/1/q' },
    SendMessage: {},
  },
) {
  const calls: [region: string, operation: string, parameters: any][] = []
  const engine: Engine = createEngines({
    config: externalEnginesSchema.parse({ 'shop-engine': { transport: 'sqs', ...settings } }),
    configDirectory: '/nowhere',
    jobsDirectory: '/nowhere',
    stateDirectory: '/nowhere',
    now: () => now,
    env: {},
    warn: text => assert.fail(text),
    sendMessage: async () => assert.fail("nothing is sent to Bellhop's own queues"),
    aws: {
      as: ({ region }) => ({
        region,
        credentials: () => assert.fail('no credentials are needed'),
        call: async (service, operation, parameters) => {
          calls.push([region, operation, parameters])
          const answer = answers[operation]
          if (answer instanceof Error) throw answer
          return (answer ?? assert.fail(`${service}:${operation} is not expected`)) as Record<string, unknown>
        },
      }),
    },
  }).engineFor('EXTERNAL')
  return { engine, calls }
}

const refusal = (operation: string) =>
  new AwsApiError('AccessDenied', 'You may not.', { service: 'sqs', operation, statusCode: 403 })

describe('an engine that is deployed on AWS', () => {
  test("gets AWS's message in AWS's queue, and tells the result by a Notify operation", async () => {
    const { engine, calls } = deployed()
    const started = await engine.start(request)
    assert.equal(started.state, 'running')
    assert.deepEqual(
      calls.map(([region, operation]) => [region, operation]),
      [
        ['eu-west-1', 'GetQueueUrl'],
        ['eu-west-1', 'SendMessage'],
      ],
    )
    assert.equal(calls[0]![2].QueueName, 'ServiceCatalogExternalUpdateOperationQueue')
    const { MessageBody, ...rest } = calls[1]![2]
    assert.deepEqual(rest, { QueueUrl: 'https://sqs.example/1/q' })
    assert.equal(JSON.parse(MessageBody).token, workflowToken(token))
    if (started.state !== 'running') throw started
    const signal: Signal = {
      executionId: 'e',
      sequence: 1,
      type: 'EngineResult',
      payload: {
        recordId: request.recordId,
        token: workflowToken(token),
        status: 'SUCCEEDED',
        outputs: [{ OutputKey: 'A', OutputValue: '1' }],
      },
      sentBy: 'arn:aws:iam::111122223333:user/engine',
      sentAt: new Date(0),
    }
    const handle = JSON.parse(JSON.stringify(started.handle))
    assert.equal((await engine.poll(handle, [])).state, 'running')
    assert.deepEqual(await engine.poll(handle, [signal]), {
      state: 'succeeded',
      outputs: [{ OutputKey: 'A', OutputValue: '1' }],
    })
  })

  test('may have FIFO queues, which tell a repeated message by its token', async () => {
    const { engine, calls } = deployed({ region: 'us-west-2', queues: { update: 'https://sqs.example/1/work.fifo' } })
    await engine.start(request)
    assert.deepEqual(
      calls.map(([region, operation]) => [region, operation]),
      [['us-west-2', 'SendMessage']],
    )
    assert.equal(calls[0]![2].MessageGroupId, request.provisionedProductId)
    assert.equal(calls[0]![2].MessageDeduplicationId, token)
  })

  test('fails when it cannot be told, when it never answers, and when it is asked for an action', async () => {
    const { engine } = deployed({}, { GetQueueUrl: refusal('GetQueueUrl') })
    assert.deepEqual(await engine.start(request), {
      state: 'failed',
      message:
        'The message to engine shop-engine could not be sent to queue ServiceCatalogExternalUpdateOperationQueue: You may not.',
    })
    const silent = deployed({ timeoutSeconds: 60 }).engine
    const started = await silent.start(request)
    if (started.state !== 'running') throw started
    now += 60_000
    const ended = await silent.poll(started.handle, [])
    assert.deepEqual(ended, { state: 'failed', message: 'Engine shop-engine told no result in time' })
    const action = await silent.start({ ...request, work: 'action', action: { name: 'restart', parameters: {} } })
    assert.match(action.state === 'failed' ? action.message : '', /^Engine shop-engine cannot run service actions/)
  })

  test('tells parameters by its Lambda function', async () => {
    const payload = Buffer.from(JSON.stringify({ parameters: [{ key: 'size', defaultValue: '3', isNoEcho: true }] }))
    const { engine, calls } = deployed({}, { Invoke: { StatusCode: 200, Payload: new Uint8Array(payload) } })
    assert.deepEqual(await engine.parameters(artifact, product), [
      { ParameterKey: 'size', DefaultValue: '3', ParameterType: 'string', IsNoEcho: true },
    ])
    const { FunctionName, Payload } = calls[0]![2]
    assert.equal(FunctionName, 'ServiceCatalogExternalParameterParser')
    assert.deepEqual(JSON.parse(Payload), {
      artifact: { path: artifact.path, type: artifact.type },
      launchRoleArn: product.launchRoleArn,
    })
    assert.equal(await deployed({ parser: false }, {}).engine.parameters(artifact, product), undefined)
  })

  const complaints: readonly (readonly [name: string, answer: unknown, text: RegExp])[] = [
    ['an error', { FunctionError: 'Unhandled', Payload: '{"errorMessage":"No .tf files"}' }, /parsing: No \.tf files$/],
    ['rubbish', { Payload: '<html>' }, /What the parser .* answered is not as agreed/],
    ['a refusal', refusal('Invoke'), /The parser .* of engine shop-engine could not be invoked: You may not\.$/],
  ]
  for (const [name, answer, text] of complaints) {
    test(`whose parser answers with ${name} says why there are no parameters`, async () => {
      const { engine } = deployed({}, { Invoke: answer })
      await assert.rejects(
        engine.parameters(artifact, product),
        (error: unknown) => error instanceof ArtifactError && text.test(error.message),
      )
    })
  }
})
