import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { testCaller, testKit } from '../testing.ts'

const url = 'http://127.0.0.1:4880/111122223333/work'
const engineQueue = 'ServiceCatalogExternalProvisionOperationQueue'

/** Lets everything that is ready run, storage's commits too. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate)
}

describe('validation', () => {
  test('queues that are not there, names and numbers that cannot be', async t => {
    const { queues } = testKit(t)
    const gone = { code: 'QueueDoesNotExist' }
    await queues('CreateQueue', { QueueName: 'work' })
    await assert.rejects(queues('GetQueueUrl', { QueueName: 'none' }), gone)
    await assert.rejects(queues('GetQueueUrl', { QueueName: 'work', QueueOwnerAWSAccountId: '999999999999' }), gone)
    await assert.rejects(queues('ReceiveMessage', { QueueUrl: url.replace('work', 'none') }), gone)
    await assert.rejects(queues('ReceiveMessage', { QueueUrl: 'work' }), gone)
    await assert.rejects(queues('ReceiveMessage', { QueueUrl: url }, testCaller('user/x', true, '999999999999')), gone)
    const value = { code: 'InvalidParameterValue' }
    await assert.rejects(queues('CreateQueue', { QueueName: 'a b' }), value)
    await assert.rejects(queues('CreateQueue', { QueueName: 'a.fifo' }), value)
    await assert.rejects(queues('ReceiveMessage', { QueueUrl: url, MaxNumberOfMessages: 11 }), value)
    await assert.rejects(queues('ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 21 }), value)
    await assert.rejects(queues('SendMessage', { QueueUrl: url, MessageBody: 'x'.repeat(262_145) }), value)
    await assert.rejects(queues('SendMessage', { QueueUrl: url, MessageBody: '\u0000' }), {
      code: 'InvalidMessageContents',
    })
    await assert.rejects(queues('SendMessage', { QueueUrl: url, MessageBody: '' }), { code: 'MissingParameter' })
    await assert.rejects(queues('DeleteMessage', { QueueUrl: url, ReceiptHandle: 'x' }), {
      code: 'ReceiptHandleIsInvalid',
    })
    const create = (Attributes: object) => queues('CreateQueue', { QueueName: 'work', Attributes })
    await assert.rejects(create({ VisibilityTimeout: '50000' }), { code: 'InvalidAttributeValue' })
    await assert.rejects(create({ VisibilityTimeout: '' }), { code: 'InvalidAttributeValue' })
    await assert.rejects(create({ FifoQueue: 'true' }), { code: 'InvalidAttributeName' })
    await assert.rejects(create({ VisibilityTimeout: '60' }), { code: 'QueueNameExists' })
    await create({ VisibilityTimeout: '30' })
  })
})

describe('functionality', () => {
  test('a message is received, hidden, received again and deleted', async t => {
    const { queues, clock } = testKit(t)
    await queues('CreateQueue', { QueueName: 'work', Attributes: { VisibilityTimeout: '10' } })
    const sent = await queues('SendMessage', { QueueUrl: url, MessageBody: 'hello' })
    assert.equal(sent.MD5OfMessageBody, createHash('md5').update('hello').digest('hex'))
    const receive = async () => {
      const answer = await queues('ReceiveMessage', { QueueUrl: url, MaxNumberOfMessages: 10, AttributeNames: ['All'] })
      return answer.Messages ?? []
    }
    const [first] = await receive()
    assert.equal(first?.MessageId, sent.MessageId)
    assert.equal(first?.MD5OfBody, sent.MD5OfMessageBody)
    assert.deepEqual(first?.Attributes, {
      SentTimestamp: String(clock.now().getTime()),
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: String(clock.now().getTime()),
    })
    assert.deepEqual(await receive(), [])
    clock.advance(10_000)
    const [second] = await receive()
    assert.equal(second?.Attributes?.ApproximateReceiveCount, '2')
    // The receipt of the first delivery no longer deletes the message.
    await queues('DeleteMessage', { QueueUrl: url, ReceiptHandle: first!.ReceiptHandle! })
    clock.advance(10_000)
    const [third] = await receive()
    assert.equal(third?.MessageId, sent.MessageId)
    await queues('DeleteMessage', { QueueUrl: url, ReceiptHandle: third!.ReceiptHandle! })
    await queues('DeleteMessage', { QueueUrl: url, ReceiptHandle: third!.ReceiptHandle! })
    clock.advance(10_000)
    assert.deepEqual(await receive(), [])
  })

  test('visibility can be prolonged and given up while a message is in flight', async t => {
    const { queues, clock } = testKit(t)
    await queues('CreateQueue', { QueueName: 'work', Attributes: { VisibilityTimeout: '10' } })
    await queues('SendMessage', { QueueUrl: url, MessageBody: 'hello' })
    const receive = async () => (await queues('ReceiveMessage', { QueueUrl: url })).Messages?.[0]?.ReceiptHandle
    const ReceiptHandle = (await receive())!
    const change = (VisibilityTimeout: number) =>
      queues('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle, VisibilityTimeout })
    await change(60)
    clock.advance(30_000)
    assert.equal(await receive(), undefined)
    await change(0)
    assert.notEqual(await receive(), undefined)
    await assert.rejects(change(0), { code: 'MessageNotInflight' })
  })

  test('a long poll ends when a message is sent, comes back, or time is up', async t => {
    const { queues, clock, services } = testKit(t)
    await queues('CreateQueue', { QueueName: 'work', Attributes: { VisibilityTimeout: '5' } })
    const poll = () => queues('ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 20 })

    const sent = poll()
    await settle()
    assert.equal(clock.waiting, 1)
    await queues('SendMessage', { QueueUrl: url, MessageBody: 'one' })
    assert.equal((await sent).Messages?.[0]?.Body, 'one')
    assert.equal(clock.waiting, 0)

    const back = poll()
    await settle()
    clock.advance(5_000)
    const [message] = (await back).Messages ?? []
    assert.equal(message?.Body, 'one')
    await queues('DeleteMessage', { QueueUrl: url, ReceiptHandle: message!.ReceiptHandle! })

    const late = poll()
    await settle()
    clock.advance(19_999)
    await settle()
    assert.equal(clock.waiting, 1)
    clock.advance(1)
    assert.deepEqual(await late, {})

    const stopped = poll()
    await settle()
    services.messages.close()
    assert.deepEqual(await stopped, {})
  })

  test('of two that wait one gets the message', async t => {
    const { queues, clock } = testKit(t)
    await queues('CreateQueue', { QueueName: 'work' })
    const polls = [1, 2].map(() => queues('ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 1 }))
    await settle()
    await queues('SendMessage', { QueueUrl: url, MessageBody: 'one' })
    await settle()
    clock.advance(1000)
    const answers = await Promise.all(polls)
    assert.deepEqual(answers.map(({ Messages }) => Messages?.length ?? 0).sort(), [0, 1])
  })

  test('every account has the queues of the engines, and a repeated send is one message', async t => {
    const { queues, services, admin, clock } = testKit(t)
    const { QueueUrl } = await queues('GetQueueUrl', { QueueName: engineQueue })
    assert.equal(QueueUrl, `http://127.0.0.1:4880/111122223333/${engineQueue}`)
    const send = () => services.storage.queues.send(admin.scope, engineQueue, '{}', 'token-1', clock.now())
    const id = await send()
    assert.equal(await send(), id)
    const attributes = async () =>
      (await queues('GetQueueAttributes', { QueueUrl: QueueUrl!, AttributeNames: ['All'] })).Attributes!
    assert.equal((await attributes()).ApproximateNumberOfMessages, '1')
    assert.equal((await attributes()).VisibilityTimeout, '180')
    const { Messages } = await queues('ReceiveMessage', { QueueUrl: QueueUrl!, MaxNumberOfMessages: 10 })
    assert.equal(Messages?.length, 1)
    assert.equal((await attributes()).ApproximateNumberOfMessagesNotVisible, '1')
    await queues('DeleteMessage', { QueueUrl: QueueUrl!, ReceiptHandle: Messages![0]!.ReceiptHandle! })
    // Deleted, yet still known: the engine that has worked on it must not get it twice.
    assert.equal(await send(), id)
    assert.equal((await attributes()).ApproximateNumberOfMessages, '0')
    assert.equal((await attributes()).ApproximateNumberOfMessagesNotVisible, '0')
    clock.advance(200_000)
    assert.deepEqual(await queues('ReceiveMessage', { QueueUrl: QueueUrl! }), {})
  })

  test('delayed messages come later, old ones are forgotten', async t => {
    const { queues, clock } = testKit(t)
    await queues('CreateQueue', { QueueName: 'work', Attributes: { MessageRetentionPeriod: '60' } })
    await queues('SendMessage', { QueueUrl: url, MessageBody: 'later', DelaySeconds: 5 })
    const { Attributes } = await queues('GetQueueAttributes', {
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
    })
    assert.deepEqual(Attributes, { ApproximateNumberOfMessagesDelayed: '1' })
    assert.deepEqual(await queues('ReceiveMessage', { QueueUrl: url }), {})
    clock.advance(5_000)
    const peek = { QueueUrl: url, VisibilityTimeout: 0 }
    assert.equal((await queues('ReceiveMessage', peek)).Messages?.length, 1)
    clock.advance(56_000)
    assert.deepEqual(await queues('ReceiveMessage', peek), {})
  })
})
