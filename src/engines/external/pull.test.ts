import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { workflowToken } from '../../catalog/engine-work.ts'
import type { Signal } from '../../catalog/execution.ts'
import type { EngineRequest } from '../engine.ts'
import { createEngines } from '../index.ts'
import { engineRequest, noAws } from '../testing.ts'

const request = engineRequest()
const { token } = request

/** An EXTERNAL engine and what it put into queues: sent once for each deduplication id, as the caller's queues do. */
function pulling() {
  const sent = new Map<string, { scope: object; queue: string; body: object }>()
  const engines = createEngines({
    config: {},
    configDirectory: '/nowhere',
    jobsDirectory: '/nowhere',
    stateDirectory: '/nowhere',
    now: () => 0,
    env: {},
    aws: noAws,
    warn: text => assert.fail(text),
    sendMessage: async (scope, queue, body, id) => {
      if (!sent.has(id)) sent.set(id, { scope, queue, body })
    },
  })
  return { engine: engines.engineFor('EXTERNAL'), sent }
}

async function started(more: Partial<EngineRequest> = {}) {
  const { engine, sent } = pulling()
  const progress = await engine.start({ ...request, ...more })
  assert.equal(progress.state, 'running', JSON.stringify(progress))
  if (progress.state !== 'running') throw progress
  assert.equal(progress.wakeAt, undefined, 'only a signal wakes it')
  return { engine, sent, handle: JSON.parse(JSON.stringify(progress.handle)) }
}

const signal = (payload: Record<string, unknown>, type: Signal['type'] = 'EngineResult'): Signal => ({
  executionId: 'e',
  sequence: 1,
  type,
  payload: { recordId: request.recordId, token: workflowToken(token), ...payload },
  sentBy: 'arn:aws:iam::111122223333:user/engine',
  sentAt: new Date(0),
})

describe('an engine that pulls', () => {
  for (const [work, queue, operation] of [
    ['provision', 'ServiceCatalogExternalProvisionOperationQueue', 'PROVISION_PRODUCT'],
    ['update', 'ServiceCatalogExternalUpdateOperationQueue', 'UPDATE_PROVISIONED_PRODUCT'],
    ['terminate', 'ServiceCatalogExternalTerminateOperationQueue', 'TERMINATE_PROVISIONED_PRODUCT'],
  ] as const) {
    test(`finds ${work} in AWS's queue`, async () => {
      const { sent } = await started({ work })
      const common = {
        token: workflowToken(token),
        operation,
        provisionedProductId: 'pp-aaaaaaaaaaaaa',
        provisionedProductName: 'shop',
        recordId: 'rec-ddddddddddddd',
        launchRoleArn: 'arn:aws:iam::111122223333:role/SCLaunch',
        identity: {
          principal: 'arn:aws:iam::111122223333:user/ada',
          awsAccountId: '111122223333',
          organizationId: null,
        },
      }
      const product = {
        productId: 'prod-bbbbbbbbbbbbb',
        provisioningArtifactId: 'pa-ccccccccccccc',
        artifact: { path: 's3://bucket/key.tar.gz', type: 'AWS_S3' },
        parameters: [{ key: 'size', value: '3' }],
        tags: [{ key: 'team', value: 'blue' }],
      }
      assert.deepEqual(
        [...sent],
        [
          [
            token,
            {
              scope: { accountId: '111122223333', region: 'eu-west-1' },
              queue,
              body: work === 'terminate' ? common : { ...common, ...product },
            },
          ],
        ],
      )
    })
  }

  test('gets a message once, however often the work is started', async () => {
    const { engine, sent, handle } = await started()
    const again = await engine.start(request)
    assert.deepEqual(again.state === 'running' && again.handle, handle)
    assert.equal(sent.size, 1)
  })

  test('tells its result by a signal', async () => {
    const { engine, handle } = await started()
    assert.equal((await engine.poll(handle, [])).state, 'running')
    const outputs = [{ OutputKey: 'Url', OutputValue: 'http://x' }]
    assert.deepEqual(await engine.poll(handle, [signal({ status: 'SUCCEEDED', outputs })]), {
      state: 'succeeded',
      outputs,
    })
    assert.deepEqual(await engine.poll(handle, [signal({ status: 'FAILED', failureReason: 'No capacity' })]), {
      state: 'failed',
      message: 'The external engine reported a failure: No capacity',
    })
  })

  test('is believed once: what it says later changes nothing', async () => {
    const { engine, handle } = await started()
    const signals = [signal({ status: 'FAILED', failureReason: 'No' }), signal({ status: 'SUCCEEDED', outputs: [] })]
    assert.equal((await engine.poll(handle, signals)).state, 'failed')
  })

  test('is not heard on other work', async () => {
    const { engine, handle } = await started()
    const foreign = [
      signal({ status: 'SUCCEEDED', token: workflowToken(`${token}0`) }),
      signal({ status: 'SUCCEEDED', recordId: 'rec-eeeeeeeeeeeee' }),
      signal({ status: 'SUCCEEDED' }, 'Resume'),
    ]
    assert.equal((await engine.poll(handle, foreign)).state, 'running')
  })

  test('cannot run a service action', async () => {
    const action = { name: 'restart', parameters: {} }
    for (const [engineName, message] of [
      [undefined, /^The product names no engine \(tag bellhop:engine\), and engines that pull/],
      ['gone', /^Engine gone, which the product names, is not configured, and engines that pull/],
      ['__proto__', /^Engine __proto__, which the product names, is not configured/],
    ] as const) {
      const { engine, sent } = pulling()
      const progress = await engine.start({ ...request, work: 'action', action, engineName })
      assert.equal(progress.state, 'failed')
      assert.match((progress as { message: string }).message, message)
      assert.equal(sent.size, 0)
    }
  })
})

describe('product types without an engine', () => {
  const { engineFor } = createEngines({
    config: {},
    configDirectory: '/nowhere',
    jobsDirectory: '/nowhere',
    stateDirectory: '/nowhere',
    now: () => 0,
    env: {},
    aws: noAws,
    warn: text => assert.fail(text),
    sendMessage: async () => assert.fail('nothing is sent'),
  })
  for (const type of [
    'CLOUD_FORMATION_TEMPLATE',
    'CFN_STACK',
    'CFN_STACKSET',
    'TERRAFORM_OPEN_SOURCE',
    'TERRAFORM_CLOUD',
    'constructor',
  ]) {
    test(`${type} says so in every call`, async () => {
      const message = `Products of type ${type} are not supported yet: there is no engine for them.`
      const engine = engineFor(type)
      assert.deepEqual(await engine.start(request), { state: 'failed', message })
      assert.deepEqual(await engine.poll({}, []), { state: 'failed', message })
      await assert.rejects(engine.parameters(request.artifact), { name: 'ArtifactError', message })
    })
  }
})
