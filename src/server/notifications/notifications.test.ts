import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { testKit, testProduct } from '../../operations/testing.ts'
import { ManualClock } from '../../worker/testing.ts'
import { parseConfig } from '../config.ts'
import { targetOf } from './config.ts'
import { deliveryOf, TargetError } from './deliver.ts'
import { createNotifier } from './index.ts'
import { Notifier, retryDelay } from './notifier.ts'

const topic = 'arn:aws:sns:us-east-1:111122223333:catalog'
const notification = {
  id: 'rec-1.SUCCEEDED.1',
  scope: { accountId: '111122223333', region: 'us-east-1' },
  topicArn: topic,
  createdAt: new Date(Date.UTC(2026, 0, 1)),
  record: {
    RecordId: 'rec-1',
    RecordType: 'PROVISION_PRODUCT',
    Status: 'SUCCEEDED',
    ProvisionedProductId: 'pp-1',
    CreatedTime: new Date(0),
    UpdatedTime: new Date(0),
  },
} as const

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver that answers as it is told, and keeps what it got. */
async function receiver(t: { after(fn: () => unknown): void }, statuses: number[] = []) {
  const received: Received[] = []
  let arrived = () => {}
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
    response.writeHead(statuses.shift() ?? 200).end()
    arrived()
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => new Promise(done => server.close(done)))
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    next: () =>
      new Promise<void>(done => {
        arrived = done
      }),
  }
}

function temporaryFolder(t: { after(fn: () => unknown): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-notifications-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Provisions a product whose request and portfolio each name a topic. */
async function provisioned(t: Parameters<typeof testKit>[0]) {
  const kit = testKit(t)
  const { portfolioId: PortfolioId, productId: ProductId, artifactId } = await testProduct(kit)
  await kit.catalog('CreateConstraint', {
    PortfolioId,
    ProductId,
    Type: 'NOTIFICATION',
    Parameters: JSON.stringify({ NotificationArns: [topic] }),
  })
  const { RecordDetail } = await kit.catalog(
    'ProvisionProduct',
    {
      ProductId,
      ProvisioningArtifactId: artifactId,
      ProvisionedProductName: 'mine',
      ProvisionToken: 't',
      NotificationArns: [`${topic}-own`, topic],
    },
    kit.alice,
  )
  return { kit, RecordDetail }
}

test('every change of a record is kept for its topics, those of the request and those of the constraints, each once', async t => {
  const { kit, RecordDetail } = await provisioned(t)
  const { storage, clock } = kit.services
  const record = await storage.records.get(kit.alice.scope, RecordDetail!.RecordId!)
  const { id, epoch } = (await storage.executions.claim(record!.executionId, clock.now()))!
  const end = { status: 'Success', outputs: {}, endedAt: clock.now() } as const
  await storage.executions.end(id, epoch, [], end, { status: 'SUCCEEDED', recordOutputs: [] })
  const messages = async () =>
    (await storage.notifications.due(clock.now(), 100)).map(
      ({ notification: { topicArn, record } }) => `${record!.Status} ${topicArn.split(':').at(-1)}`,
    )
  assert.deepEqual((await messages()).sort(), [
    'CREATED catalog',
    'CREATED catalog-own',
    'IN_PROGRESS catalog',
    'IN_PROGRESS catalog-own',
    'SUCCEEDED catalog',
    'SUCCEEDED catalog-own',
  ])
  // What comes later tells the same topics.
  await kit.catalog('TerminateProvisionedProduct', { ProvisionedProductName: 'mine', TerminateToken: 'x' }, kit.alice)
  assert.equal((await messages()).filter(text => text.startsWith('CREATED')).length, 4)
})

test('a webhook is told, signed with the key of the server', async t => {
  const { kit } = await provisioned(t)
  const hook = await receiver(t)
  const folder = temporaryFolder(t)
  const warned: unknown[] = []
  const notifier = createNotifier({
    storage: kit.services.storage,
    clock: new ManualClock(),
    config: parseConfig(
      JSON.stringify({ notifications: { [topic]: hook.url }, outbound: { allow: ['127.0.0.1'] } }),
      'c',
    ),
    env: {},
    dataDirectory: folder,
    randomBytes: size => new Uint8Array(size).fill(7),
    log: { info() {}, error() {}, warn: (message, fields) => warned.push([message, fields]) },
  })
  const arrived = hook.next()
  notifier.start()
  await arrived
  await notifier.stop()
  assert.equal(hook.received.length, 1)
  const [{ headers, body }] = hook.received as [Received]
  const parsed = JSON.parse(body)
  assert.equal(parsed.Type, 'Notification')
  assert.equal(parsed.TopicArn, topic)
  assert.equal(parsed.MessageId, headers['x-amz-sns-message-id'])
  assert.equal(JSON.parse(parsed.Message).RecordDetail.Status, 'CREATED')
  const key = Buffer.from(new Uint8Array(32).fill(7)).toString('hex')
  const expected = createHmac('sha256', key).update(`${headers['x-bellhop-timestamp']}.${body}`).digest('hex')
  assert.equal(headers['x-bellhop-signature'], `v1=${expected}`)
  assert.ok(existsSync(join(folder, 'notifications.key')))
  assert.equal(statSync(join(folder, 'notifications.key')).mode & 0o777, 0o600)
  assert.deepEqual(await kit.services.storage.notifications.due(new Date(8.64e15), 10), [])
  assert.deepEqual(warned, [['No target is configured for a topic.', { topicArn: `${topic}-own` }]])
})

test('what did not arrive is tried again, by the next server too, and each time later', async t => {
  const { kit } = await provisioned(t)
  const { storage } = kit.services
  const clock = new ManualClock()
  const sent: string[] = []
  let works = false
  let failed = 0
  let round = () => {}
  const server = () =>
    new Notifier({
      storage,
      clock,
      warn: () => {},
      async deliver({ id }) {
        if (!works) {
          failed += 1
          throw new Error('nobody there')
        }
        sent.push(id)
        if (sent.length === 2) round()
        return true
      },
    })
  const first = server()
  first.start()
  await first.stop()
  assert.equal(failed, 2)
  assert.deepEqual(await storage.notifications.due(new Date(clock.now().getTime() + 4_999), 10), [])
  const [again] = await storage.notifications.due(new Date(clock.now().getTime() + 5_000), 10)
  assert.equal(again?.attempts, 1)

  works = true
  const second = server()
  const done = new Promise<void>(resolve => {
    round = resolve
  })
  second.start()
  await second.stop()
  assert.deepEqual(sent, [], 'not before its time')
  clock.advance(5_000)
  const third = server()
  third.start()
  await done
  await third.stop()
  assert.equal(new Set(sent).size, 2)
  assert.deepEqual(await storage.notifications.due(new Date(8.64e15), 10), [])
})

test('a message is given up after sixteen tries, and that is said', async t => {
  const { kit } = await provisioned(t)
  const { storage } = kit.services
  const clock = new ManualClock()
  const warned: string[] = []
  const deliver = () => Promise.reject(new Error('nobody there'))
  for (let i = 0; i < 16; i++) {
    const notifier = new Notifier({ storage, clock, deliver, warn: message => warned.push(message) })
    notifier.start()
    await notifier.stop()
    clock.advance(3_600_000)
  }
  assert.deepEqual(await storage.notifications.due(new Date(8.64e15), 10), [])
  assert.deepEqual(warned, ['A notification was given up.', 'A notification was given up.'])
  assert.deepEqual([1, 2, 3, 7, 16].map(retryDelay), [5_000, 15_000, 45_000, 3_600_000, 3_600_000])
})

test('an SNS endpoint gets a signed Publish', () => {
  const now = new Date(Date.UTC(2026, 0, 1))
  const env = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }
  const target = { sns: 'http://sns.example.com:4566/' }
  const { url, headers, body } = deliveryOf(notification, target, { serverKey: 'k', env, now })
  assert.equal(url, target.sns)
  const form = new URLSearchParams(Buffer.from(body).toString())
  assert.equal(form.get('Action'), 'Publish')
  assert.equal(form.get('TopicArn'), topic)
  assert.equal(form.get('Subject'), 'Service Catalog record rec-1: SUCCEEDED')
  const authorization = headers.find(([name]) => name === 'Authorization')![1]
  assert.ok(!authorization.includes('secret'))
  assert.match(authorization, /Credential=AKIAEXAMPLE\/20260101\/us-east-1\/sns\/aws4_request/)
  assert.throws(() => deliveryOf(notification, target, { serverKey: 'k', env: {}, now }), TargetError)
})

test('a webhook may have a key of its own, and without its key nothing is sent', () => {
  const target = { webhook: 'https://example.com/hook', secretEnv: 'HOOK_KEY' }
  const signing = { serverKey: 'server key', now: new Date(0) }
  const { headers, body } = deliveryOf(notification, target, { ...signing, env: { HOOK_KEY: 'own key' } })
  const expected = createHmac('sha256', 'own key')
    .update(`0.${Buffer.from(body)}`)
    .digest('hex')
  assert.ok(headers.some(([name, value]) => name === 'X-Bellhop-Signature' && value === `v1=${expected}`))
  assert.throws(() => deliveryOf(notification, target, { ...signing, env: {} }), TargetError)
})

test('a target is found by the whole ARN, else by the first pattern', () => {
  const { notifications } = parseConfig(
    JSON.stringify({
      notifications: {
        'arn:aws:sns:*:111122223333:team.*': 'https://example.com/pattern',
        '*': { sns: 'https://example.com/all' },
        [topic]: { webhook: 'https://example.com/exact' },
      },
    }),
    'c',
  )
  assert.deepEqual(targetOf(notifications, topic), { webhook: 'https://example.com/exact' })
  assert.deepEqual(targetOf(notifications, 'arn:aws:sns:eu-west-1:111122223333:team.a'), {
    webhook: 'https://example.com/pattern',
  })
  // A dot is a dot.
  assert.deepEqual(targetOf(notifications, 'arn:aws:sns:eu-west-1:111122223333:teamXa'), {
    sns: 'https://example.com/all',
  })
  assert.equal(targetOf({}, topic), undefined)
  assert.throws(() => parseConfig('{"notifications": {"*": "ftp://example.com"}}', 'c'), /notifications/)
})
