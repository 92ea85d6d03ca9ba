import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createAws } from '../../src/aws/index.ts'
import { CfnStackSetEngine } from '../../src/engines/cfn-stackset/index.ts'
import { operationsFor } from '../../src/engines/cfn-stackset/operations.ts'
import type { EngineProgress, EngineRequest } from '../../src/engines/engine.ts'
import { CloudFormation, errorAnswer } from '../kit/cloudformation.ts'

/** What moto does not show of stack sets: operations that take time, and instances that fail. */
describe('the engine of CFN_STACKSET', () => {
  let cloud: CloudFormation
  let now = 0
  let count = 0
  before(async () => {
    cloud = await CloudFormation.start()
  })
  after(() => cloud.stop())

  const content = JSON.stringify({
    Parameters: { Value: { Type: 'String', Default: 'one' } },
    Resources: { One: { Type: 'Test::Thing' } },
  })

  function engine(): CfnStackSetEngine {
    const env = { AWS_ENDPOINT_URL: cloud.url, AWS_ACCESS_KEY_ID: 'AKIASERVER', AWS_SECRET_ACCESS_KEY: 'x' }
    return new CfnStackSetEngine({
      aws: createAws({ env, now: Date.now }),
      now: () => now,
      artifacts: { fetch: async () => Buffer.from(content) },
      publish: async () => undefined,
    })
  }

  function request(more: Partial<EngineRequest> = {}): EngineRequest {
    count += 1
    return {
      work: 'provision',
      token: `token-${count}`,
      accountId: '123456789012',
      region: 'us-east-1',
      recordId: `rec-${count}`,
      provisionedProductId: `pp-${count}`,
      provisionedProductName: 'shop',
      productId: 'prod-bbbbbbbbbbbbb',
      provisioningArtifactId: 'pa-ccccccccccccc',
      artifact: { id: 'pa-ccccccccccccc', path: 'https://example.com/t', type: 'AWS_S3' },
      principal: 'arn:aws:iam::123456789012:user/ada',
      parameters: { Value: 'one' },
      tags: [{ key: 'aws:servicecatalog:productArn', value: 'arn:p' }],
      provisioningPreferences: {
        StackSetAccounts: ['111111111111', '222222222222'],
        StackSetRegions: ['us-east-1', 'eu-west-1'],
        StackSetFailureToleranceCount: 1,
        StackSetMaxConcurrencyCount: 2,
      },
      stackSetRoles: { adminRoleArn: 'arn:aws:iam::123456789012:role/Admin', executionRoleName: 'Execution' },
      ...more,
    }
  }

  const then = ({ provisionedProductId }: EngineRequest, more: Partial<EngineRequest>): EngineRequest =>
    request({ work: 'update', provisionedProductId, ...more })

  type Ended = Exclude<EngineProgress, { state: 'running' }>

  async function perform(asked: EngineRequest): Promise<{ ended: Ended; looks: number; progress: readonly string[] }> {
    let progress = await engine().start(asked)
    let looks = 0
    let lines: readonly string[] = []
    while (progress.state === 'running') {
      looks += 1
      assert.ok(looks < 60, JSON.stringify(progress))
      now = progress.wakeAt!
      lines = progress.progress ?? []
      progress = await engine().poll(JSON.parse(JSON.stringify(progress.handle)), [], async () => asked)
    }
    return { ended: progress, looks, progress: lines }
  }

  const placesOf = (ended: Ended) => ended.resources?.map(({ physicalId, status }) => `${physicalId} ${status}`)

  test('makes a set and its instances, changes some, and removes all', async () => {
    const asked = request()
    const made = await perform(asked)
    assert.equal(made.ended.state, 'succeeded', JSON.stringify(made.ended))
    assert.deepEqual(placesOf(made.ended), [
      '111111111111/us-east-1 CURRENT',
      '111111111111/eu-west-1 CURRENT',
      '222222222222/us-east-1 CURRENT',
      '222222222222/eu-west-1 CURRENT',
    ])
    assert.ok(made.looks > 1)
    assert.match(made.progress.at(-1)!, /CreateStackInstances 111111111111,222222222222 in us-east-1,eu-west-1$/)
    const set = cloud.calls.findLast(({ operation }) => operation === 'CreateStackSet')!.parameters
    assert.equal(set['AdministrationRoleARN'], 'arn:aws:iam::123456789012:role/Admin')
    assert.equal(set['ExecutionRoleName'], 'Execution')
    assert.ok(!set['Tags'], 'no AutoTags')
    const { parameters } = cloud.calls.findLast(({ operation }) => operation === 'CreateStackInstances')!
    assert.deepEqual(parameters['OperationPreferences'], { FailureToleranceCount: '1', MaxConcurrentCount: '2' })

    const one = { StackSetAccounts: ['111111111111'], StackSetRegions: ['eu-west-1'] }
    const removed = await perform(then(asked, { provisioningPreferences: { ...one, StackSetOperationType: 'DELETE' } }))
    assert.equal(placesOf(removed.ended)?.length, 3)
    const added = await perform(then(asked, { provisioningPreferences: { ...one, StackSetOperationType: 'CREATE' } }))
    assert.equal(placesOf(added.ended)?.length, 4)
    const updated = await perform(then(asked, { parameters: { Value: 'two' } }))
    assert.equal(updated.ended.state, 'succeeded', JSON.stringify(updated.ended))
    const update = cloud.calls.findLast(({ operation }) => operation === 'UpdateStackSet')!.parameters
    assert.deepEqual(update['Parameters'], { 1: { ParameterKey: 'Value', ParameterValue: 'two' } })
    assert.deepEqual(update['Accounts'], { 1: '111111111111', 2: '222222222222' })

    const action = { name: 'UpdateStackSet', parameters: { Value: 'three' } }
    const acted = await perform(then(asked, { work: 'action', action }))
    assert.deepEqual(acted.ended.state === 'succeeded' && acted.ended.parameters, { Value: 'three' })

    const gone = await perform(then(asked, { work: 'terminate' }))
    assert.deepEqual(gone.ended, { state: 'succeeded', outputs: [], resources: [] })
    assert.ok(cloud.called('DeleteStackSet') > 0)
    assert.equal((await perform(then(asked, { work: 'terminate' }))).ended.state, 'succeeded', 'gone already')
  })

  test('says which instances failed and why, and can be mended', async () => {
    const bad = { StackSetAccounts: ['111111111111', '999999999999'], StackSetRegions: ['us-east-1'] }
    const asked = request({ provisioningPreferences: bad })
    const { ended } = await perform(asked)
    assert.equal(ended.state, 'failed')
    if (ended.state !== 'failed') return
    assert.match(ended.message, /CreateStackInstances of the CloudFormation stack set SC-\S+ ended as FAILED/)
    assert.deepEqual(ended.errors, [
      { Code: 'FAILED', Description: 'CloudFormation: 999999999999 us-east-1: The execution role does not exist' },
    ])
    assert.deepEqual(placesOf(ended), ['111111111111/us-east-1 CURRENT', '999999999999/us-east-1 OUTDATED'])
    const good = { ...bad, StackSetAccounts: ['111111111111'] }
    const mended = await perform(then(asked, { provisioningPreferences: good }))
    assert.equal(mended.ended.state, 'succeeded', JSON.stringify(mended.ended))
  })

  test('started again, it finds the operation that had begun', async () => {
    const asked = request()
    await engine().start(asked)
    const begun = cloud.called('CreateStackInstances')
    assert.equal((await perform(asked)).ended.state, 'succeeded')
    assert.equal(cloud.called('CreateStackInstances'), begun)
  })

  test('passes throttling, and waits for another operation, but not for ever', async () => {
    const asked = request()
    await perform(asked)
    cloud.fault('UpdateStackSet', errorAnswer('Throttling', 'Rate exceeded'))
    assert.equal((await perform(then(asked, {}))).ended.state, 'succeeded')
    // Nobody looks at this one, so it does not get on.
    await engine().start(then(asked, {}))
    const { ended, looks } = await perform(then(asked, {}))
    assert.ok(looks > 5)
    assert.equal(ended.state, 'failed')
    if (ended.state === 'failed')
      assert.match(ended.message, /UpdateStackSet failed: OperationInProgress.* given up after 13/)
  })

  test('an action that it does not have, and a parameter', async () => {
    const asked = request()
    const act = async (name: string, parameters: object = {}) => {
      const action = { name, parameters: { ...parameters } }
      const { ended } = await perform(then(asked, { work: 'action', action }))
      return ended.state === 'failed' ? ended.message : ended.state
    }
    assert.match(await act('Reboot'), /have the action UpdateStackSet, not Reboot/)
    assert.match(await act('UpdateStackSet', { Colour: 'red' }), /has no parameters \[Colour\]/)
  })
})

test('what is asked of CloudFormation, by work and by what is there', () => {
  const places = (text: string) => text.split(' ').map(place => ({ account: place[0]!, region: place[1]! }))
  const asked = (type?: 'CREATE' | 'UPDATE' | 'DELETE') => ({
    StackSetAccounts: ['a', 'b'],
    StackSetRegions: ['1', '2'],
    ...(type && { StackSetOperationType: type }),
  })
  const all = { accounts: ['a', 'b'], regions: ['1', '2'] }
  const create = { kind: 'CreateStackInstances', places: all }
  const rows: [
    work: EngineRequest['work'],
    type: Parameters<typeof asked>[0],
    there: string | undefined,
    expected: object[],
  ][] = [
    ['provision', undefined, undefined, [{ kind: 'CreateStackSet' }, create]],
    ['provision', undefined, '', [create]],
    ['update', undefined, undefined, [{ kind: 'CreateStackSet' }, create]],
    ['update', undefined, '', [{ kind: 'UpdateStackSet' }, create]],
    ['update', 'UPDATE', 'a1 a2 b1', [{ kind: 'UpdateStackSet' }]],
    ['update', undefined, 'a1 b1', [{ kind: 'UpdateStackSet', places: { accounts: ['a', 'b'], regions: ['1'] } }]],
    ['update', 'UPDATE', 'a1 a2 c1', [{ kind: 'UpdateStackSet', places: { accounts: ['a'], regions: ['1', '2'] } }]],
    ['update', 'CREATE', 'a1', [create]],
    [
      'update',
      'DELETE',
      'a1 a2 b2 c1',
      [
        { kind: 'DeleteStackInstances', places: { accounts: ['a'], regions: ['1', '2'] } },
        { kind: 'DeleteStackInstances', places: { accounts: ['b'], regions: ['2'] } },
      ],
    ],
    ['terminate', undefined, undefined, []],
    ['terminate', undefined, '', [{ kind: 'DeleteStackSet' }]],
    [
      'terminate',
      undefined,
      'a1 c1',
      [{ kind: 'DeleteStackInstances', places: { accounts: ['a', 'c'], regions: ['1'] } }, { kind: 'DeleteStackSet' }],
    ],
  ]
  for (const [work, type, there, expected] of rows) {
    const known = there === undefined ? undefined : there === '' ? [] : places(there)
    const got = operationsFor({ work, provisioningPreferences: asked(type) }, known)
    assert.deepEqual(got, expected, `${work} ${type} ${there}`)
  }
})
