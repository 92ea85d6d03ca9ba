import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Outcome } from '../../catalog/lifecycle.ts'
import { type TestKit, testCaller, testKit, testProduct } from '../testing.ts'

const invalid = (message: RegExp) => ({ code: 'InvalidParametersException', message })
const notFound = (message: RegExp) => ({ code: 'ResourceNotFoundException', message })
const state = (message: RegExp) => ({ code: 'InvalidStateException', message })

/** Two parameters: one with a default, and a secret. */
const parameters = async () => [
  { ParameterKey: 'Size', ParameterType: 'String', DefaultValue: 'small' },
  { ParameterKey: 'Password', ParameterType: 'String', DefaultValue: '', IsNoEcho: true },
]

async function planned(t: Parameters<typeof testKit>[0]) {
  const kit = testKit(t, { parameters })
  const ids = await testProduct(kit)
  const plan = (input: object = {}, caller = kit.alice) =>
    kit.catalog(
      'CreateProvisionedProductPlan',
      {
        PlanName: 'first',
        PlanType: 'CLOUDFORMATION',
        ProductId: ids.productId,
        ProvisioningArtifactId: ids.artifactId,
        ProvisionedProductName: 'mine',
        ...input,
      },
      caller,
    )
  const execute = (PlanId: string, IdempotencyToken?: string) =>
    kit.catalog('ExecuteProvisionedProductPlan', { PlanId, IdempotencyToken }, kit.alice)
  const describePlan = (PlanId: string, page: object = {}) =>
    kit.catalog('DescribeProvisionedProductPlan', { PlanId, ...page }, kit.alice)
  const product = async (Name = 'mine') =>
    (await kit.catalog('DescribeProvisionedProduct', { Name }, kit.alice)).ProvisionedProductDetail!
  return { kit, ...ids, plan, execute, describePlan, product }
}

/** Lets a record's execution end, as the worker would. */
async function finish(
  { services: { storage, clock }, alice }: TestKit,
  recordId: string,
  outcome: Outcome = { status: 'SUCCEEDED', recordOutputs: [] },
): Promise<void> {
  const record = await storage.records.get(alice.scope, recordId)
  const { id, epoch } = (await storage.executions.claim(record!.executionId, clock.now()))!
  const status = outcome.status === 'SUCCEEDED' ? 'Success' : 'Failed'
  await storage.executions.end(id, epoch, [], { status, outputs: {}, endedAt: clock.now() }, outcome)
}

describe('validation', () => {
  test('a plan is checked as the provisioning itself would be', async t => {
    const { plan, kit, product } = await planned(t)
    await assert.rejects(plan({ ProductId: 'prod-x' }), notFound(/prod-x/))
    await assert.rejects(plan({ ProvisioningArtifactId: 'pa-x' }), notFound(/pa-x/))
    await assert.rejects(plan({ PathId: 'lpv3-x' }), notFound(/lpv3-x/))
    await assert.rejects(plan({}, testCaller('user/bob')), notFound(/No launch paths/))
    await assert.rejects(plan({ ProvisioningParameters: [{ Key: 'Color', Value: 'red' }] }), invalid(/Color/))
    await assert.rejects(
      plan({ ProvisioningParameters: [{ Key: 'Size', UsePreviousValue: true }] }),
      invalid(/previous/),
    )
    await assert.rejects(product(), notFound(/mine/), 'a plan that was refused leaves nothing')
    const { ProvisionedProductPlans } = await kit.catalog('ListProvisionedProductPlans', {}, kit.alice)
    assert.deepEqual(ProvisionedProductPlans, [])
  })

  test("what is not there and what is somebody else's answer alike", async t => {
    const { kit, plan } = await planned(t)
    const { PlanId } = await plan()
    const bob = testCaller('user/bob')
    for (const [id, caller] of [
      ['plan-x', kit.alice],
      [PlanId!, bob],
    ] as const) {
      for (const name of [
        'DescribeProvisionedProductPlan',
        'ExecuteProvisionedProductPlan',
        'DeleteProvisionedProductPlan',
      ] as const) {
        await assert.rejects(kit.catalog(name, { PlanId: id }, caller), notFound(new RegExp(`plan ${id} not found`)))
      }
    }
    await assert.rejects(
      kit.catalog('ListProvisionedProductPlans', { ProvisionProductId: 'pp-x' }, kit.alice),
      notFound(/pp-x/),
    )
    // A name is taken, whoever has taken it.
    const { portfolioId: PortfolioId } = await testProduct(kit, { name: 'other', principal: bob.arn })
    const { ProvisionedProductPlans } = await kit.catalog('ListProvisionedProductPlans', {}, bob)
    assert.deepEqual(ProvisionedProductPlans, [])
    assert.ok(PortfolioId)
    await assert.rejects(plan({}, bob), state(/A stack named mine already exists/))
  })
})

describe('functionality', () => {
  test('a product is planned, then made as it was planned', async t => {
    const { kit, plan, execute, describePlan, product, productId, artifactId } = await planned(t)
    const made = await plan({
      ProvisioningParameters: [
        { Key: 'Size', Value: 'large' },
        { Key: 'Password', Value: 'hush' },
      ],
      Tags: [{ Key: 'team', Value: 'x' }],
      NotificationArns: ['arn:aws:sns:us-east-1:111122223333:t'],
    })
    const { PlanId, ProvisionProductId } = made
    assert.match(PlanId!, /^plan-[a-z2-7]{13}$/)
    assert.deepEqual(made, {
      PlanName: 'first',
      PlanId,
      ProvisionProductId,
      ProvisionedProductName: 'mine',
      ProvisioningArtifactId: artifactId,
    })
    assert.equal((await product()).Status, 'PLAN_IN_PROGRESS')
    await assert.rejects(
      kit.catalog('TerminateProvisionedProduct', { ProvisionedProductId: ProvisionProductId, TerminateToken: 't' }),
      invalid(/PLAN_IN_PROGRESS/),
    )
    const described = await describePlan(PlanId!)
    const { ProvisionedProductPlanDetails: detail } = described
    assert.equal(detail?.Status, 'CREATE_SUCCESS')
    assert.equal(detail?.ProvisionProductName, 'mine')
    assert.deepEqual(detail?.Tags, [{ Key: 'team', Value: 'x' }])
    assert.deepEqual(detail?.NotificationArns, ['arn:aws:sns:us-east-1:111122223333:t'])
    assert.deepEqual(detail?.ProvisioningParameters, [
      { Key: 'Size', Value: 'large' },
      { Key: 'Password', Value: '****' },
    ])
    assert.ok(!JSON.stringify(described).includes('hush'))

    const changes: (string | undefined)[] = []
    let token: string | undefined
    do {
      const page = await describePlan(PlanId!, { PageSize: 3, PageToken: token })
      changes.push(...page.ResourceChanges!.map(({ Action, LogicalResourceId }) => `${Action} ${LogicalResourceId}`))
      token = page.NextPageToken
    } while (token)
    assert.deepEqual(changes, [`ADD ${artifactId}`, 'ADD Password', 'ADD Size', 'ADD team'])

    const { RecordDetail } = await execute(PlanId!, 'once')
    assert.equal(RecordDetail?.RecordType, 'PROVISION_PRODUCT')
    assert.equal(RecordDetail?.Status, 'CREATED')
    assert.equal(RecordDetail?.ProductId, productId)
    assert.deepEqual(RecordDetail?.RecordTags, [{ Key: 'team', Value: 'x' }])
    assert.deepEqual((await execute(PlanId!, 'once')).RecordDetail, RecordDetail, 'the same token, the same answer')
    const running = await product()
    assert.equal(running.Status, 'UNDER_CHANGE')
    assert.equal(running.LastProvisioningRecordId, RecordDetail?.RecordId)
    const status = async () => (await describePlan(PlanId!)).ProvisionedProductPlanDetails?.Status
    assert.equal(await status(), 'EXECUTE_IN_PROGRESS')
    await assert.rejects(execute(PlanId!), state(/EXECUTE_IN_PROGRESS/))
    await assert.rejects(
      kit.catalog('DeleteProvisionedProductPlan', { PlanId: PlanId! }, kit.alice),
      invalid(/EXECUTE_IN_PROGRESS/),
    )
    await finish(kit, RecordDetail!.RecordId!)
    assert.equal(await status(), 'EXECUTE_SUCCESS')
    assert.equal((await product()).Status, 'AVAILABLE')
    const stored = await kit.services.storage.provisionedProducts.get(kit.alice.scope, ProvisionProductId!)
    assert.deepEqual(stored?.parameters, { Size: 'large', Password: 'hush' })
    await assert.rejects(execute(PlanId!), state(/EXECUTE_SUCCESS/))
  })

  test('an update is planned and made; a failed one says why', async t => {
    const { kit, plan, execute, describePlan, product } = await planned(t)
    const first = await execute((await plan()).PlanId!)
    await finish(kit, first.RecordDetail!.RecordId!)
    const second = await plan({ PlanName: 'second', ProvisioningParameters: [{ Key: 'Size', Value: 'large' }] })
    assert.equal((await product()).Status, 'AVAILABLE', 'only a new product is in progress while it is planned')
    const { ResourceChanges } = await describePlan(second.PlanId!)
    assert.deepEqual(
      ResourceChanges?.map(({ Action, LogicalResourceId }) => `${Action} ${LogicalResourceId}`),
      ['MODIFY Size'],
    )
    await assert.rejects(plan({ PlanName: 'third' }), state(new RegExp(`already has the plan ${second.PlanId}`)))
    const { RecordDetail } = await execute(second.PlanId!)
    assert.equal(RecordDetail?.RecordType, 'UPDATE_PROVISIONED_PRODUCT')
    await assert.rejects(plan({ PlanName: 'third' }), state(/UNDER_CHANGE/))
    await finish(kit, RecordDetail!.RecordId!, {
      status: 'FAILED',
      recordOutputs: [],
      errors: [{ Code: 'X', Description: 'no room' }],
    })
    assert.equal((await product()).Status, 'TAINTED')
    const { ProvisionedProductPlanDetails: detail } = await describePlan(second.PlanId!)
    assert.deepEqual([detail?.Status, detail?.StatusMessage], ['EXECUTE_FAILED', 'no room'])
    await kit.catalog('DeleteProvisionedProductPlan', { PlanId: second.PlanId! }, kit.alice)
    assert.equal((await product()).Status, 'TAINTED', 'a product that was provisioned outlives its plans')
  })

  test('a plan is out of date once the product has changed', async t => {
    const { kit, plan, execute, product } = await planned(t)
    const first = await execute((await plan()).PlanId!)
    await finish(kit, first.RecordDetail!.RecordId!)
    const second = await plan({ PlanName: 'second', ProvisioningParameters: [{ Key: 'Size', Value: 'large' }] })
    const update = await kit.catalog(
      'UpdateProvisionedProduct',
      { ProvisionedProductName: 'mine', UpdateToken: 'u' },
      kit.alice,
    )
    await assert.rejects(execute(second.PlanId!), state(/UNDER_CHANGE/))
    await finish(kit, update.RecordDetail!.RecordId!)
    await assert.rejects(execute(second.PlanId!), state(/has changed since the plan was made/))
    assert.equal((await product()).Status, 'AVAILABLE')
  })

  test('a plan that is given up takes the planned product along, and a terminated product its plans', async t => {
    const { kit, plan, execute, product } = await planned(t)
    const { PlanId } = await plan()
    await kit.catalog('DeleteProvisionedProductPlan', { PlanId: PlanId!, IgnoreErrors: true }, kit.alice)
    await assert.rejects(product(), notFound(/mine/))
    await assert.rejects(execute(PlanId!), notFound(/plan-/))
    const again = await plan()
    const { RecordDetail } = await execute(again.PlanId!)
    await finish(kit, RecordDetail!.RecordId!)
    const ending = await kit.catalog(
      'TerminateProvisionedProduct',
      { ProvisionedProductName: 'mine', TerminateToken: 't' },
      kit.alice,
    )
    await finish(kit, ending.RecordDetail!.RecordId!)
    const { ProvisionedProductPlans } = await kit.catalog('ListProvisionedProductPlans', {}, kit.alice)
    assert.deepEqual(ProvisionedProductPlans, [])
  })

  test('plans are listed by product and by access level, by pages', async t => {
    const { kit, plan } = await planned(t)
    const ids: string[] = []
    for (const name of ['a', 'b', 'c']) {
      ids.push((await plan({ PlanName: `plan ${name}`, ProvisionedProductName: name })).PlanId!)
      kit.clock.advance(1000)
    }
    const list = (input: object, caller = kit.alice) => kit.catalog('ListProvisionedProductPlans', input, caller)
    const one = await list({ PageSize: 2 })
    const two = await list({ PageSize: 2, PageToken: one.NextPageToken })
    assert.deepEqual(
      [...one.ProvisionedProductPlans!, ...two.ProvisionedProductPlans!].map(({ PlanId }) => PlanId),
      ids,
    )
    const { ProvisionProductId } = one.ProvisionedProductPlans![1]!
    const ofProduct = await list({ ProvisionProductId })
    assert.deepEqual(
      ofProduct.ProvisionedProductPlans?.map(({ PlanName }) => PlanName),
      ['plan b'],
    )
    assert.deepEqual((await list({}, kit.admin)).ProvisionedProductPlans, [])
    const everything = await list({ AccessLevelFilter: { Key: 'Account', Value: 'self' } }, kit.admin)
    assert.equal(everything.ProvisionedProductPlans?.length, 3)
    // Whoever may see what their role made sees no more, whatever they ask for.
    const session = {
      ...testCaller('user/bob'),
      arn: 'arn:aws:sts::111122223333:assumed-role/Dev/bob',
      roleArn: 'arn:aws:iam::111122223333:role/Dev',
      accessLevel: 'role' as const,
    }
    for (const Key of ['Account', 'Role', 'User'] as const) {
      const seen = await list({ AccessLevelFilter: { Key, Value: 'self' } }, session)
      assert.deepEqual(seen.ProvisionedProductPlans, [], Key)
    }
    await assert.rejects(list({ PageToken: 'x' }), invalid(/page token/))
  })
})
