import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, describe, test } from 'node:test'
import { workflowToken } from '../../catalog/engine-work.ts'
import type { Signal } from '../../catalog/execution.ts'
import { ArtifactError, type Engine, type EngineProgress } from '../engine.ts'
import { createEngines } from '../index.ts'
import { engineRequest, noAws } from '../testing.ts'
import type { HttpEngineConfig } from './config.ts'

const key = 'the-engine-key'
const request = engineRequest({ engineName: 'shop-engine', parameters: { Password: 'hunter2' }, tags: [] })
const { token, artifact } = request

/** What reached the engine, and what it answers next. */
interface Heard {
  readonly operation: string
  readonly idempotencyKey: string | undefined
  readonly body: any
}

let server: Server
let url: string
let now = 1_700_000_000_000
const heard: Heard[] = []
const answers: ((response: ServerResponse) => void)[] = []

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }

function isSigned({ method, url: path, headers }: IncomingMessage, body: string): boolean {
  const signed = `${headers['x-bellhop-timestamp']} ${method} ${path}\n${body}`
  return headers['x-bellhop-signature'] === `v1=${createHmac('sha256', key).update(signed).digest('hex')}`
}

before(async () => {
  server = createServer(async (incoming, response) => {
    let body = ''
    for await (const chunk of incoming) body += chunk
    if (!isSigned(incoming, body)) return json(403, { error: { message: 'not signed' } })(response)
    heard.push({
      operation: `${incoming.method} ${incoming.headers['x-bellhop-operation'] ?? incoming.url}`,
      idempotencyKey: incoming.headers['idempotency-key'] as string | undefined,
      body: body === '' ? undefined : JSON.parse(body),
    })
    const answer = answers.shift()
    assert.ok(answer, 'an answer is prepared')
    answer(response)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/engine?tenant=1`
})
after(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(() => {
  heard.length = 0
  answers.length = 0
})

function engine(more: Partial<HttpEngineConfig> = {}, env: Record<string, string> = { ENGINE_KEY: key }): Engine {
  const config: HttpEngineConfig = {
    transport: 'http',
    url,
    secretEnv: 'ENGINE_KEY',
    timeoutSeconds: 600,
    pollSeconds: 5,
    parser: true,
    afterFailedProvision: 'keep',
    ...more,
  }
  return createEngines({
    config: { 'shop-engine': config },
    configDirectory: '/nowhere',
    jobsDirectory: '/nowhere',
    stateDirectory: '/nowhere',
    now: () => now,
    env,
    aws: noAws,
    warn: text => assert.fail(text),
    sendMessage: async () => assert.fail('nothing is sent to a queue'),
  }).engineFor('EXTERNAL')
}

/** A handle as the journal gives it back, with how long (milliseconds) nothing is to be done. */
function running(progress: EngineProgress): { readonly handle: unknown; readonly pause: number } {
  assert.equal(progress.state, 'running', JSON.stringify(progress))
  if (progress.state !== 'running') throw progress
  return { handle: JSON.parse(JSON.stringify(progress.handle)), pause: progress.wakeAt! - now }
}

function failure(progress: EngineProgress): string {
  assert.equal(progress.state, 'failed', JSON.stringify(progress))
  if (progress.state !== 'failed') throw progress
  return progress.message
}

const notification = (payload: Record<string, unknown>): Signal => ({
  executionId: 'e',
  sequence: 1,
  type: 'EngineResult',
  payload: { recordId: request.recordId, token: workflowToken(token), ...payload },
  sentBy: 'arn:aws:iam::111122223333:user/engine',
  sentAt: new Date(0),
})

const result = { outputs: [{ key: 'Url', value: 'http://shop' }], resources: [{ type: 'Shop', physicalId: 's-1' }] }

describe('an engine behind HTTP', () => {
  test("gets AWS's message, signed, and may answer with the result at once", async () => {
    answers.push(json(200, result))
    const progress = await engine().start(request)
    assert.deepEqual(progress, {
      state: 'succeeded',
      outputs: [{ OutputKey: 'Url', OutputValue: 'http://shop' }],
      resources: [{ type: 'Shop', physicalId: 's-1' }],
    })
    assert.equal(heard[0]!.operation, 'POST provision')
    assert.equal(heard[0]!.idempotencyKey, token)
    assert.equal(heard[0]!.body.operation, 'PROVISION_PRODUCT')
    assert.equal(heard[0]!.body['x-bellhop'].engine, 'shop-engine')
  })

  test('that says where to ask is asked until it has a result', async () => {
    answers.push(
      json(202, {}, { location: '/work/1', 'retry-after': '2' }),
      json(202, {}),
      json(503, 'busy'),
      json(200, result),
    )
    const shop = engine()
    let step = running(await shop.start(request))
    assert.equal(step.pause, 2_000)
    assert.doesNotMatch(JSON.stringify(step.handle), /hunter2/)
    for (let looks = 0; looks < 2; looks++) {
      step = running(await shop.poll(step.handle, []))
      assert.equal(step.pause, 5_000)
    }
    assert.equal((await shop.poll(step.handle, [])).state, 'succeeded')
    assert.deepEqual(
      heard.map(({ operation }) => operation),
      ['POST provision', 'GET /work/1', 'GET /work/1', 'GET /work/1'],
    )
  })

  test('that takes the work and says nothing more tells the result by a Notify operation', async () => {
    answers.push(json(202, {}))
    const shop = engine()
    const { handle, pause } = running(await shop.start(request))
    assert.equal(pause, 600_000)
    running(await shop.poll(handle, [notification({ status: 'SUCCEEDED', token: 'of-another-record' })]))
    const done = await shop.poll(handle, [notification({ status: 'FAILED', failureReason: 'no room' })])
    assert.equal(failure(done), 'The external engine reported a failure: no room')
  })

  test('that cannot be reached is asked again with the same key, ever less often, until the time is up', async () => {
    for (let tries = 0; tries < 3; tries++) answers.push(json(500, '<html>'))
    const shop = engine({ timeoutSeconds: 10 })
    const start = now
    let step = running(await shop.start(request))
    const pauses = [step.pause]
    for (let tries = 0; tries < 2; tries++) {
      now += step.pause
      step = running(await shop.poll(step.handle, []))
      pauses.push(step.pause)
    }
    assert.deepEqual(pauses, [1_000, 2_000, 4_000])
    assert.deepEqual(
      heard.map(({ idempotencyKey }) => idempotencyKey),
      [token, token, token],
    )
    now = start + 10_000
    assert.equal(
      failure(await shop.poll(step.handle, [])),
      'Engine shop-engine did not end within 10 seconds: it answered with HTTP status 500',
    )
  })

  test('runs service actions, and must say where to ask after one that takes longer', async () => {
    answers.push(json(200, { response: { pid: 7 } }), json(202, {}))
    const action = { ...request, work: 'action', action: { name: 'restart', parameters: { Hard: true } } } as const
    assert.deepEqual(await engine().start(action), { state: 'succeeded', outputs: [], response: { pid: 7 } })
    assert.deepEqual(heard[0]!.body['x-bellhop'].action, { name: 'restart', parameters: { Hard: true } })
    assert.match(failure(await engine().start(action)), /did not say where to ask after it/)
  })

  test('is told to stop where it said where to ask', async () => {
    answers.push(json(202, {}, { location: 'work/1' }), json(200, {}))
    const shop = engine()
    await shop.cancel(running(await shop.start(request)).handle)
    assert.equal(heard[1]!.operation, 'DELETE /work/1')
  })

  const refusals: readonly (readonly [name: string, answer: (response: ServerResponse) => void, text: RegExp])[] = [
    ['an error', json(400, { error: { message: 'No such size' } }), /^Engine shop-engine failed: No such size$/],
    ['a status', json(404, {}), /^Engine shop-engine answered with HTTP status 404$/],
    ['a redirect', json(302, {}, { location: 'http://127.0.0.1:1/' }), /answered with HTTP status 302$/],
    ['HTML', response => response.end('<html>hunter2'), /^Engine shop-engine ended well, but its answer is not JSON$/],
    ['too much', response => response.end('x'.repeat(1024 * 1024 + 1)), /answer is larger than 1048576 bytes$/],
    ['rubbish', json(200, { outputs: [{ key: 'A' }] }), /its answer is not as agreed at outputs\.0\.value/],
    ['a Location elsewhere', json(202, {}, { location: 'http://127.0.0.1:1/x' }), /a Location that is not its own$/],
  ]
  for (const [name, answer, text] of refusals) {
    test(`that answers with ${name} has failed, and the reason names it`, async () => {
      answers.push(answer)
      const progress = await engine().start(request)
      assert.match(failure(progress), text)
      assert.doesNotMatch(JSON.stringify(progress), /hunter2/)
    })
  }

  test('without a key is never called', async () => {
    const shop = engine({ timeoutSeconds: 10 }, {})
    const { handle } = running(await shop.start(request))
    now += 10_000
    assert.match(failure(await shop.poll(handle, [])), /the environment variable ENGINE_KEY holds no key to sign with$/)
    assert.equal(heard.length, 0)
  })

  test('tells parameters, or why it cannot', async () => {
    answers.push(
      json(200, { parameters: [{ key: 'Size', defaultValue: 3 }] }),
      json(400, { error: { message: 'not a module' } }),
      json(200, { parameters: [{}] }),
    )
    const shop = engine()
    const product = { engineName: 'shop-engine' }
    assert.deepEqual(await shop.parameters(artifact, product), [
      { ParameterKey: 'Size', DefaultValue: '3', ParameterType: 'string', IsNoEcho: false },
    ])
    assert.equal(heard[0]!.operation, 'POST parse')
    const reason = (text: string) => (error: unknown) => error instanceof ArtifactError && error.message.includes(text)
    await assert.rejects(shop.parameters(artifact, product), reason('parsing: Engine shop-engine failed: not a module'))
    await assert.rejects(shop.parameters(artifact, product), reason('is not as agreed at parameters.0.key'))
    assert.equal(await engine({ parser: false }).parameters(artifact, product), undefined)
  })
})

describe('a provision that failed', () => {
  const removing = { afterFailedProvision: 'terminate' } as const

  test('is followed by a termination, and its reason stays the reason', async () => {
    answers.push(json(400, { error: { message: 'No room' } }), json(202, {}, { location: '/removal' }), json(200, {}))
    const shop = engine(removing)
    const { handle } = running(await shop.start(request))
    assert.equal(heard[1]!.operation, 'POST terminate')
    assert.notEqual(heard[1]!.idempotencyKey, token)
    assert.doesNotMatch(JSON.stringify(handle), /hunter2/)
    assert.deepEqual(await shop.poll(handle, []), {
      state: 'failed',
      message: 'Engine shop-engine failed: No room. What it may have made was removed again.',
      remediated: true,
    })
  })

  test('says so when its remains could not be removed', async () => {
    answers.push(json(400, { error: { message: 'No room' } }), json(400, { error: { message: 'No key' } }))
    assert.equal(
      failure(await engine(removing).start(request)),
      'Engine shop-engine failed: No room. What it may have made could not be removed either: Engine shop-engine failed: No key',
    )
  })

  test('is left alone where the engine put everything right, and so are updates', async () => {
    answers.push(json(400, { error: { message: 'No room', remediated: true } }))
    assert.equal(failure(await engine(removing).start(request)), 'Engine shop-engine failed: No room')
    answers.push(json(400, { error: { message: 'No room' } }))
    assert.equal(
      failure(await engine(removing).start({ ...request, work: 'update' })),
      'Engine shop-engine failed: No room',
    )
    assert.equal(heard.length, 2)
  })
})
