import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AwsApiError } from '../../aws/api.ts'
import type { WebhookResult } from '../action.ts'
import { call, noTools } from '../testing.ts'
import { actions } from './index.ts'

type Answers = Readonly<Record<string, unknown>>

/** An AWS that answers from a table by operation: a value, an error to throw, or several to be given in turn. */
function aws(answers: Answers) {
  const calls: [operation: string, parameters: Answers, options: unknown][] = []
  const turns = new Map<string, number>()
  const api = {
    ...noTools.aws,
    call: async (service: string, operation: string, parameters: Answers, options: unknown) => {
      calls.push([`${service}.${operation}`, parameters, options])
      const turn = turns.get(operation) ?? 0
      turns.set(operation, turn + 1)
      const given = answers[operation]
      const answer = Array.isArray(given) ? given[Math.min(turn, given.length - 1)] : given
      if (answer instanceof Error) throw answer
      return (answer ?? {}) as Answers
    },
  }
  return { calls, tools: { ...noTools, aws: api } }
}

const refusal = (code: string, message = 'no', statusCode: number | undefined = 400, operation = 'X', service = 'x') =>
  new AwsApiError(code, message, { service, operation, statusCode })

const action = (name: string) => actions.get(name)!

const message = (progress: { state: string; failure?: { message: string } }): string => {
  assert.equal(progress.state, 'failed')
  return progress.failure!.message
}

describe('failures of calls', () => {
  const execute = (error: AwsApiError) =>
    action('aws:executeAwsApi').start(
      call({ inputs: { Service: 'sqs', Api: 'ListQueues' }, tools: aws({ ListQueues: error }).tools }),
    )

  test('say what AWS said, with the words of AWS', async () => {
    assert.match(
      message(await execute(refusal('AccessDenied', 'User is not authorized.', 403, 'ListQueues'))),
      /^An error occurred \(AccessDenied\) when calling the ListQueues operation: User is not authorized\. Step fails when it is Execute\/Cancelling action\. Please refer/,
    )
  })

  test('say that it was the role', async () => {
    assert.match(
      message(await execute(refusal('AccessDenied', 'not yours', 403, 'AssumeRole', 'sts'))),
      /^The defined assume role is unable to be assumed\. Access denied while assuming the role\. An error occurred \(AccessDenied\) when calling the AssumeRole/,
    )
  })

  test('say that there was no answer', async () => {
    const unreachable = new AwsApiError('Unreachable', 'ListQueues of sqs got no answer: x', {
      service: 'sqs',
      operation: 'ListQueues',
    })
    assert.match(message(await execute(unreachable)), /^ListQueues of sqs got no answer: x\. Step fails/)
  })

  test('other errors are faults of ours and are thrown', async () => {
    const tools = aws({ ListQueues: new TypeError('a fault') }).tools
    const step = call({ inputs: { Service: 'sqs', Api: 'ListQueues' }, tools })
    await assert.rejects(action('aws:executeAwsApi').start(step), /a fault/)
  })
})

describe('a step that waits', () => {
  const inputs = { Service: 'x', Api: 'Get', PropertySelector: '$.State', DesiredValues: ['ready'] }
  const wait = action('aws:waitForAwsResourceProperty')

  test('looks again when AWS cannot answer just now, and fails for what it refuses', async () => {
    for (const error of [
      refusal('ThrottlingException', 'slow', 400),
      refusal('RequestLimitExceeded', 'slow', 503),
      refusal('InternalFailure', 'oh', 500),
      refusal('Unreachable', 'nobody', undefined),
    ]) {
      const step = call({ inputs, tools: aws({ Get: error }).tools })
      assert.equal((await wait.start(step)).state, 'waiting', error.code)
    }
    const step = call({ inputs, tools: aws({ Get: refusal('AccessDenied') }).tools })
    assert.match(message(await wait.start(step)), /Step fails when it is Poll action status for completion/)
  })

  test('does not look for ever when it has no time limit and AWS never answers', async () => {
    const tools = aws({ Get: refusal('InternalFailure', 'oh', 500) }).tools
    const looks = async (deadline: number | undefined) => {
      let handle: unknown = { looks: 0 }
      for (let count = 1; count <= 100; count += 1) {
        const progress = await wait.poll!(call({ inputs, tools, deadline }), handle)
        if (progress.state === 'failed') return count
        handle = (progress as { handle: unknown }).handle
      }
      return 'on and on'
    }
    assert.equal(await looks(undefined), 61)
    assert.equal(await looks(Number.MAX_SAFE_INTEGER), 'on and on')
    const mended = aws({ Get: [refusal('InternalFailure', 'oh', 500), { State: 'not yet' }] }).tools
    const first = await wait.poll!(call({ inputs, tools: mended }), { looks: 0 })
    assert.deepEqual((first as { handle: unknown }).handle, { looks: 1, failures: 1 })
    const second = await wait.poll!(call({ inputs, tools: mended }), (first as { handle: unknown }).handle)
    assert.deepEqual((second as { handle: unknown }).handle, { looks: 2 })
  })

  test('gives what it made itself time to be there', async () => {
    const missing = refusal('InvalidInstanceID.NotFound')
    const run = action('aws:runInstances')
    const poll = (looks: number) =>
      run.poll!(call({ inputs: {}, tools: aws({ DescribeInstances: missing }).tools }), { looks, instanceIds: ['i-1'] })
    assert.equal((await poll(3)).state, 'waiting')
    assert.equal((await poll(10)).state, 'failed')
    const image = action('aws:createImage').poll!(
      call({ inputs: {}, tools: aws({ DescribeImages: refusal('InvalidAMIID.NotFound') }).tools }),
      { looks: 0, imageId: 'ami-1' },
    )
    assert.equal((await image).state, 'waiting')
  })

  test('is checked at creation', () => {
    const check = action('aws:waitForAwsResourceProperty').check!
    assert.equal(check(inputs), undefined)
    assert.match(check({ ...inputs, PropertySelector: '$.[' }) ?? '', /PropertySelector that is not understood/)
    assert.match(check({ ...inputs, PropertySelector: 7 }) ?? '', /not a text/)
    assert.match(check({ ...inputs, DesiredValues: { a: 1 } }) ?? '', /not a list/)
    assert.match(check({ ...inputs, Service: '' }) ?? '', /has Service that is not a name/)
    assert.equal(check({ ...inputs, PropertySelector: '{{ P }}' }), undefined)
  })
})

describe('aws:createStack', () => {
  const inputs = { StackName: 's', TemplateURL: 'https://example.com/t' }
  const create = action('aws:createStack')

  test('finds the stack that it created before a crash, by its token', async () => {
    const taken = refusal('AlreadyExistsException', 'Stack s already exists')
    const StackEvents = [
      { StackId: 'id-1', ClientRequestToken: 'other' },
      { StackId: 'id-1', ClientRequestToken: 'token-1' },
    ]
    const { tools, calls } = aws({ CreateStack: taken, DescribeStackEvents: { StackEvents } })
    const step = call({ inputs, tools })
    assert.deepEqual(await create.start(step), {
      state: 'waiting',
      handle: { looks: 0, stackId: 'id-1' },
      wakeAt: step.now,
    })
    assert.equal(calls[0]?.[1]['ClientRequestToken'], 'token-1')
    assert.match(message(await create.start({ ...step, token: 'token-2' })), /AlreadyExistsException/)
    const own = { ...inputs, ClientRequestToken: 'other' }
    assert.equal((await create.start({ ...step, inputs: own })).state, 'waiting')
  })

  test('fails with the status and its reason, which are outputs', async () => {
    const ended = { StackId: 'id-1', StackStatus: 'ROLLBACK_COMPLETE', StackStatusReason: 'The topic failed' }
    const { tools } = aws({
      DescribeStacks: [{ Stacks: [{ ...ended, StackStatus: 'CREATE_IN_PROGRESS' }] }, { Stacks: [ended] }],
    })
    const step = call({ inputs, tools })
    assert.equal((await create.poll!(step, { looks: 0, stackId: 'id-1' })).state, 'waiting')
    const failed = await create.poll!(step, { looks: 1, stackId: 'id-1' })
    assert.match(message(failed), /^The stack id-1 is ROLLBACK_COMPLETE: The topic failed\. Step fails when it is Poll/)
    assert.deepEqual(failed.state === 'failed' && failed.response, ended)
  })

  test('takes one template', () => {
    assert.match(create.check!({ StackName: 's' }) ?? '', /needs either TemplateBody or TemplateURL/)
    assert.match(create.check!({ ...inputs, TemplateBody: 'x' }) ?? '', /needs either/)
  })
})

test('aws:deleteStack fails with the reason', async () => {
  const { tools } = aws({
    DescribeStacks: { Stacks: [{ StackId: 'i', StackStatus: 'DELETE_FAILED', StackStatusReason: 'not empty' }] },
  })
  const step = call({ inputs: { StackName: 's' }, tools })
  const failed = await action('aws:deleteStack').poll!(step, { looks: 0, stackId: 'i' })
  assert.match(message(failed), /^The stack i is DELETE_FAILED: not empty/)
})

describe('aws:changeInstanceState', () => {
  const change = action('aws:changeInstanceState')
  const instances = (state: string) => ({
    Reservations: [{ Instances: [{ InstanceId: 'i-1', State: { Name: state } }] }],
  })

  test('asks again while an instance is on its way elsewhere, and waits for both status checks', async () => {
    const passed = { Status: 'ok' }
    const checking = { InstanceStatus: passed, SystemStatus: { Status: 'initializing' } }
    const { tools, calls } = aws({
      StartInstances: [refusal('IncorrectInstanceState'), {}],
      DescribeInstances: [instances('stopping'), instances('pending'), instances('running')],
      DescribeInstanceStatus: [
        { InstanceStatuses: [checking] },
        { InstanceStatuses: [{ InstanceStatus: passed, SystemStatus: passed }] },
      ],
    })
    const step = call({ inputs: { InstanceIds: ['i-1'], DesiredState: 'running' }, tools })
    let progress = await change.start(step)
    const handles = []
    while (progress.state === 'waiting') {
      handles.push(progress.handle)
      progress = await change.poll!(step, progress.handle)
    }
    assert.deepEqual(handles, [
      { looks: 1, asked: false },
      { looks: 2, asked: true },
      { looks: 3, asked: true },
    ])
    assert.equal(progress.state, 'succeeded')
    assert.equal(calls.filter(([operation]) => operation === 'ec2.StartInstances').length, 2)
  })

  test('is checked at creation', () => {
    assert.equal(change.check!({ DesiredState: 'running' }), undefined)
    assert.equal(change.check!({ DesiredState: '{{ State }}' }), undefined)
    assert.match(change.check!({ DesiredState: 'toString' }) ?? '', /DesiredState other than/)
  })
})

describe('aws:invokeLambdaFunction', () => {
  const invoke = action('aws:invokeLambdaFunction')
  const bytes = (text: string) => new TextEncoder().encode(text)

  test('sends a payload and returns what the function returned, within the time that is left', async () => {
    assert.equal(invoke.defaultTimeoutSeconds, 300)
    const { tools, calls } = aws({ Invoke: { StatusCode: 200, Payload: bytes('{"ok":true}'), ExecutedVersion: '1' } })
    const step = call({ inputs: { FunctionName: 'f', InputPayload: { a: [1] } }, tools })
    const done = await invoke.start({ ...step, deadline: step.now + 20_000 })
    assert.deepEqual(done, { state: 'succeeded', response: { StatusCode: 200, Payload: '{"ok":true}' } })
    const [[, input, options]] = calls as [(typeof calls)[0]]
    assert.deepEqual(input, { FunctionName: 'f', Payload: '{"a":[1]}' })
    assert.equal((options as { timeout: number }).timeout, 20_000)
  })

  test('fails with what the function raised', async () => {
    const error = { errorType: 'ValueError', errorMessage: 'no', stackTrace: ['secret'] }
    const { tools } = aws({
      Invoke: { StatusCode: 200, FunctionError: 'Unhandled', Payload: bytes(JSON.stringify(error)) },
    })
    const failed = await invoke.start(call({ inputs: { FunctionName: 'f' }, tools }))
    assert.match(message(failed), /^The function f ended with an error \(Unhandled\): ValueError - no\./)
    assert.doesNotMatch(message(failed), /secret/)
    assert.equal(failed.state === 'failed' && failed.response?.['FunctionError'], 'Unhandled')
  })
})

test('aws:copyImage and aws:runInstances give EC2 the token of the step', async () => {
  const { tools, calls } = aws({
    CopyImage: { ImageId: 'ami-1' },
    RunInstances: { Instances: [{ InstanceId: 'i-1' }] },
  })
  const image = { SourceImageId: 'ami-0', SourceRegion: 'eu-west-1', ImageName: 'n' }
  await action('aws:copyImage').start(call({ inputs: image, tools }))
  await action('aws:runInstances').start(call({ inputs: { ImageId: 'ami-1' }, tools }))
  await action('aws:runInstances').start(call({ inputs: { ImageId: 'ami-1', ClientToken: 'own' }, tools }))
  assert.deepEqual(
    calls.map(([, { ClientToken }]) => ClientToken),
    ['token-1', 'token-1', 'own'],
  )
})

test('an instance that does not come up fails the step with the reason', async () => {
  const StateReason = { Message: 'Server.InternalError' }
  const { tools } = aws({
    DescribeInstances: {
      Reservations: [{ Instances: [{ InstanceId: 'i-1', State: { Name: 'terminated' }, StateReason }] }],
    },
  })
  const step = call({ inputs: { ImageId: 'a' }, tools })
  const failed = await action('aws:runInstances').poll!(step, { looks: 0, instanceIds: ['i-1'] })
  assert.match(message(failed), /^Instance i-1 is terminated: Server\.InternalError/)
})

test('an image that was made before the server died is found by the step’s tag', async () => {
  const inputs = { InstanceId: 'i-1', ImageName: 'shop' }
  const start = async (answers: Answers) => {
    const { tools, calls } = aws(answers)
    return { calls, progress: await action('aws:createImage').start(call({ inputs, tools })) }
  }
  const duplicate = refusal('InvalidAMIName.Duplicate', 'The name shop is taken')
  const own = await start({ CreateImage: duplicate, DescribeImages: { Images: [{ ImageId: 'ami-7' }] } })
  assert.deepEqual((own.progress as { handle: unknown }).handle, { looks: 0, imageId: 'ami-7' })
  const [, [, asked]] = own.calls as [unknown, (typeof own.calls)[0]]
  assert.deepEqual(asked['Filters'], [
    { Name: 'name', Values: ['shop'] },
    { Name: 'tag:bellhop:step-token', Values: ['token-1'] },
  ])
  // Somebody else's image of that name is none of the step's.
  assert.match(message((await start({ CreateImage: duplicate, DescribeImages: { Images: [] } })).progress), /is taken/)
  // Without the right to tag, the image is made all the same.
  const untagged = await start({ CreateImage: [refusal('UnauthorizedOperation'), { ImageId: 'ami-8' }] })
  assert.deepEqual((untagged.progress as { handle: unknown }).handle, { looks: 0, imageId: 'ami-8' })
  assert.deepEqual(
    untagged.calls.map(([, parameters]) => 'TagSpecifications' in parameters),
    [true, false],
  )
})

test('an image that fails fails the step with the reason', async () => {
  const Images = [{ ImageId: 'ami-1', State: 'failed', StateReason: { Message: 'No space' } }]
  const step = call({ inputs: {}, tools: aws({ DescribeImages: { Images } }).tools })
  const failed = await action('aws:createImage').poll!(step, { looks: 0, imageId: 'ami-1' })
  assert.match(message(failed), /^Image ami-1 is failed: No space/)
})

describe('aws:invokeWebhook', () => {
  const invoke = (result: WebhookResult, inputs: object = { IntegrationName: 'chat', Body: { text: 'hi' } }) => {
    const requests: unknown[] = []
    const webhook = async ({ abort: _, ...request }: object & { abort: AbortSignal }) => {
      requests.push(request)
      return result
    }
    const step = call({ inputs: { ...inputs }, tools: { ...noTools, webhook } })
    return action('aws:invokeWebhook')
      .start(step)
      .then(progress => ({ progress, requests }))
  }

  test('posts the body and returns the answer', async () => {
    const { progress, requests } = await invoke({ status: 200, text: 'ok' })
    assert.deepEqual(progress, { state: 'succeeded', response: { Response: 'ok', ResponseCode: 200 } })
    assert.deepEqual(requests, [{ integration: 'chat', body: '{"text":"hi"}', token: 'token-1' }])
  })

  test('fails for another answer than success, for none, and without a name', async () => {
    const { progress } = await invoke({ status: 500, text: 'oh' })
    assert.match(message(progress), /^The integration chat answered 500/)
    assert.match(message((await invoke({ problem: 'There is no integration chat' })).progress), /^There is no/)
    assert.match(message((await invoke({ status: 200, text: '' }, { IntegrationName: 7 })).progress), /must be a name/)
  })
})
