import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ListActivityInput } from '../../model/generated/bellhop.ts'
import { succeed, testCaller, testKit, testProduct } from '../testing.ts'
import { listActivity } from './list-activity.ts'

const invalid = (message: RegExp) => ({ code: 'InvalidParametersException', message })

/** Alice has three products, the administrator two, and what waits in one of Alice's runs was approved. */
async function busy(t: Parameters<typeof testKit>[0]) {
  const kit = testKit(t)
  const { productId, artifactId } = await testProduct(kit)
  await testProduct(kit, { name: 'other', principal: kit.admin.arn })
  const { clock, services } = kit
  const provision = async (name: string, caller = kit.alice) => {
    clock.advance(1000)
    return kit.catalog(
      'ProvisionProduct',
      {
        ProductId: productId,
        ProvisioningArtifactId: artifactId,
        ProvisionedProductName: name,
        ProvisionToken: name,
      },
      caller,
    )
  }
  const first = await provision('one')
  await succeed(kit, first, kit.alice)
  const second = await provision('two')
  await provision('three')
  const record = await services.storage.records.get(kit.alice.scope, second.RecordDetail!.RecordId!)
  clock.advance(1000)
  await services.storage.executions.signal(
    {
      executionId: record!.executionId,
      type: 'Approve',
      payload: { stepName: 'ask', Comment: ['Go on'] },
      sentBy: 'arn:aws:iam::111122223333:user/bob',
      sentAt: clock.now(),
    },
    'approval',
  )
  const list = (input: ListActivityInput = {}, caller = kit.admin) => listActivity(input, caller, services)
  const everybody = { AccessLevelFilter: { Key: 'Account', Value: 'self' } } as const
  return { kit, list, everybody, second, provision }
}

describe('validation', () => {
  test('what is no ARN, no time and no token of ours', async t => {
    const { list } = await busy(t)
    await assert.rejects(list({ Principal: 'user/somebody/whoever' }), invalid(/is an ARN/))
    await assert.rejects(list({ From: new Date(2), To: new Date(1) }), invalid(/before/))
    for (const PageToken of ['x', 'W10', 'WzEsMl0', 'W251bGwsWyIxIiwieCJdXQ']) {
      await assert.rejects(list({ PageToken }), invalid(/page token/), PageToken)
    }
    await assert.rejects(list({ AccessLevelFilter: { Key: 'User', Value: 'alice' } }), invalid(/self/))
  })
})

describe('functionality', () => {
  test('records tell who asked, and what was done to runs stands among them', async t => {
    const { list, everybody, second } = await busy(t)
    const { Activities, NextPageToken } = await list(everybody)
    assert.equal(NextPageToken, undefined)
    assert.deepEqual(
      Activities.map(each => [each.Type, each.ProvisionedProductName, each.Principal.split('/')[1], each.Status]),
      [
        ['APPROVE', 'two', 'bob', undefined],
        ['PROVISION_PRODUCT', 'three', 'alice', 'CREATED'],
        ['PROVISION_PRODUCT', 'two', 'alice', 'CREATED'],
        ['PROVISION_PRODUCT', 'one', 'alice', 'SUCCEEDED'],
      ],
    )
    const [approval] = Activities
    assert.equal(approval?.RecordId, second.RecordDetail?.RecordId)
    assert.deepEqual([approval?.StepName, approval?.Comment], ['ask', 'Go on'])
    assert.ok(Activities[3]?.EndTime)
  })

  test('nobody is told of more than their records', async t => {
    const { kit, list, everybody } = await busy(t)
    assert.deepEqual((await list({}, testCaller('user/bob'))).Activities, [])
    assert.deepEqual((await list(everybody, testCaller('user/bob'))).Activities, [])
    assert.equal((await list(everybody, kit.alice)).Activities.length, 4)
    assert.deepEqual((await list({}, kit.admin)).Activities, [], 'the default is one’s own, as in ListRecordHistory')
    const elsewhere = testCaller('user/admin', true, '999999999999')
    assert.deepEqual((await list(everybody, elsewhere)).Activities, [])
  })

  test('kinds, types and filters', async t => {
    const { list, everybody } = await busy(t)
    const shown = async (input: ListActivityInput) =>
      (await list({ ...everybody, ...input })).Activities.map(each => each.ProvisionedProductName)
    assert.deepEqual(await shown({ Kind: 'INTERVENTION' }), ['two'])
    assert.deepEqual(await shown({ Kind: 'RECORD' }), ['three', 'two', 'one'])
    assert.deepEqual(await shown({ Type: 'APPROVE' }), ['two'])
    assert.deepEqual(await shown({ Type: 'APPROVE', Kind: 'RECORD' }), [])
    assert.deepEqual(await shown({ Type: 'TERMINATE_PROVISIONED_PRODUCT' }), [])
    assert.deepEqual(await shown({ Status: 'SUCCEEDED' }), ['one'])
    assert.deepEqual(await shown({ Principal: 'arn:aws:iam::111122223333:user/bob' }), ['two'])
    assert.deepEqual(await shown({ Principal: 'arn:aws:iam::111122223333:role/Dev' }), [])
  })

  test('a page after the other tells all of it once, in order', async t => {
    const { kit, list, everybody, provision } = await busy(t)
    for (const PageSize of [1, 2, 3]) {
      const told: string[] = []
      let PageToken: string | undefined
      do {
        const page = await list({ ...everybody, PageSize, ...(PageToken && { PageToken }) })
        assert.ok(page.Activities.length <= PageSize)
        told.push(...page.Activities.map(each => `${each.Kind} ${each.ProvisionedProductName}`))
        PageToken = page.NextPageToken
        // What is new comes before, and moves nothing.
        await provision(`new-${told.length}-${PageSize}`, kit.alice)
      } while (PageToken)
      assert.deepEqual(told.slice(-4), ['INTERVENTION two', 'RECORD three', 'RECORD two', 'RECORD one'])
      assert.equal(new Set(told).size, told.length)
    }
  })
})
