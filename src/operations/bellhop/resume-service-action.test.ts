import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StepExecution } from '../../catalog/execution.ts'
import type { Caller } from '../operation.ts'
import { succeed, type TestKit, testCaller, testDocument, testKit, testProduct } from '../testing.ts'
import { describeResumePoint } from './describe-resume-point.ts'
import { resumeServiceAction } from './resume-service-action.ts'

const state = (message: RegExp) => ({ code: 'InvalidStateException', message })
const notFound = { code: 'ResourceNotFoundException' }
const twoSteps = testDocument
  .replace('waitALittle', 'first')
  .concat('  - name: second\n    action: aws:sleep\n    inputs:\n      Duration: PT1S\n')

const definition = { Name: 'Two', Version: '1', Parameters: '[{"Name":"InstanceId","Type":"TEXT_VALUE"}]' }

/** A product of Alice's with an action of two steps, which runs as she. */
async function withAction(t: Parameters<typeof testKit>[0]) {
  const kit = testKit(t)
  const { productId, artifactId } = await testProduct(kit)
  // She may start documents, which an action without a role takes.
  const alice: Caller = { ...kit.alice, decide: () => ({ allowed: true }) }
  await kit.documents('CreateDocument', { Name: 'Two', Content: twoSteps, DocumentFormat: 'YAML' })
  const created = await kit.catalog('CreateServiceAction', {
    Name: 'Two',
    DefinitionType: 'SSM_AUTOMATION',
    Definition: definition,
  })
  const actionId = created.ServiceActionDetail!.ServiceActionSummary!.Id!
  await kit.catalog('AssociateServiceActionWithProvisioningArtifact', {
    ProductId: productId,
    ProvisioningArtifactId: artifactId,
    ServiceActionId: actionId,
  })
  const provisioned = await kit.catalog(
    'ProvisionProduct',
    { ProductId: productId, ProvisioningArtifactId: artifactId, ProvisionedProductName: 'mine', ProvisionToken: 'p' },
    alice,
  )
  await succeed(kit, provisioned, alice)
  const id = provisioned.RecordDetail!.ProvisionedProductId!
  const execute = () => {
    kit.clock.advance(1000)
    return kit.catalog(
      'ExecuteProvisionedProductServiceAction',
      {
        ProvisionedProductId: id,
        ServiceActionId: actionId,
        ExecuteToken: `e${kit.clock.now().getTime()}`,
        Parameters: { InstanceId: ['i-1'] },
      },
      alice,
    )
  }
  const resume = (RecordId: string, caller = alice, StepName?: string) =>
    resumeServiceAction({ RecordId, ExecuteToken: 'x', ...(StepName && { StepName }) }, caller, kit.services)
  const point = (RecordId: string, caller = alice) => describeResumePoint({ RecordId }, caller, kit.services)
  return { kit, alice, id, productId, artifactId, actionId, execute, resume, point }
}

/** Lets a run end as failed at its second step, or otherwise. */
async function fail(
  { services: { storage, clock, ids }, alice }: TestKit,
  recordId: string,
  status: 'Failed' | 'Cancelled' | 'Success' = 'Failed',
): Promise<void> {
  const record = await storage.records.get(alice.scope, recordId)
  const { id, epoch } = (await storage.executions.claim(record!.executionId, clock.now()))!
  const now = clock.now()
  const row = (ordinal: number, name: string, ended: StepExecution['status']): StepExecution => ({
    id: ids.uuid(),
    executionId: id,
    ordinal,
    name,
    action: 'aws:sleep',
    attempt: 1,
    status: ended,
    inputs: {},
    outputs: {},
    startedAt: now,
    endedAt: now,
    ...(ended === 'Failed' && { failure: { stage: 'Invocation', type: 'Failed', message: 'no' } }),
  })
  const rows = [row(1, 'first', 'Success'), row(2, 'second', status === 'Success' ? 'Success' : status)]
  await storage.executions.end(
    id,
    epoch,
    rows,
    { status, outputs: {}, endedAt: now },
    status === 'Success'
      ? { status: 'SUCCEEDED', recordOutputs: [] }
      : { status: 'FAILED', errors: [{ Code: 'X', Description: 'no' }], recordOutputs: [] },
  )
}

describe('validation', () => {
  test('what did not fail, was cancelled, is gone or would be another run is refused, and says why', async t => {
    const { kit, alice, id, productId, actionId, execute, resume, point } = await withAction(t)
    const { storage } = kit.services
    const run = async () => (await execute()).RecordDetail!.RecordId!
    const record = await run()
    await assert.rejects(resume(record), state(/did not fail, but is CREATED/))
    await fail(kit, record, 'Success')
    await assert.rejects(resume(record), state(/did not fail, but is SUCCEEDED/))
    const provision = (await storage.provisionedProducts.get(alice.scope, id))!.detail.LastProvisioningRecordId!
    await assert.rejects(resume(provision), { code: 'InvalidParametersException', message: /no service action/ })
    await assert.rejects(resume('rec-none'), notFound)

    const cancelled = await run()
    await fail(kit, cancelled, 'Cancelled')
    await assert.rejects(resume(cancelled), state(/ended as Cancelled/))

    const failed = await run()
    await fail(kit, failed)
    assert.equal((await point(failed)).StepName, 'second')
    await assert.rejects(resume(failed, alice, 'first'), {
      code: 'InvalidParametersException',
      message: /from step second, not from first/,
    })
    // What is somebody else's is as good as not there, and running needs its right.
    await assert.rejects(resume(failed, testCaller('user/bob')), notFound)
    await assert.rejects(point(failed, testCaller('user/bob')), notFound)
    await assert.rejects(resume(failed, kit.alice), { code: 'AccessDeniedException' })

    await kit.documents('UpdateDocument', {
      Name: 'Two',
      Content: twoSteps.replace('PT1S', 'PT2S'),
      DocumentVersion: '$LATEST',
      DocumentFormat: 'YAML',
    })
    await kit.catalog('UpdateServiceAction', { Id: actionId, Definition: { ...definition, Version: '2' } })
    await assert.rejects(resume(failed), state(/document is another one now, Two version 2/))
    await kit.catalog('UpdateServiceAction', { Id: actionId, Definition: definition })
    assert.ok(await point(failed))

    await kit
      .catalog('UpdateProvisionedProduct', { ProvisionedProductId: id, ProductId: productId, UpdateToken: 'u' }, alice)
      .then(updated => succeed(kit, updated, alice))
    await assert.rejects(resume(failed), state(/provisioned or updated since/))

    const old = await run()
    await fail(kit, old)
    while ((await storage.retention.deleteExecutions(new Date(kit.clock.now().getTime() + 1), 100)) > 0);
    await assert.rejects(resume(old), state(/no longer kept/))
  })
})

describe('functionality', () => {
  test('a run of its own goes on from the step that failed, once, as the same call', async t => {
    const { kit, alice, id, execute, point } = await withAction(t)
    const { storage } = kit.services
    const failed = (await execute()).RecordDetail!.RecordId!
    await fail(kit, failed)
    assert.deepEqual(await point(failed), {
      StepName: 'second',
      TakenSteps: [{ StepName: 'first', Action: 'aws:sleep', StepStatus: 'Success', Iteration: undefined }],
    })
    const claim = { scope: alice.scope, operation: 'ResumeServiceAction', token: 'x', inputHash: 'h' }
    const again = () => resumeServiceAction({ RecordId: failed, ExecuteToken: 'x' }, { ...alice, claim }, kit.services)
    const { RecordDetail } = await again()
    const record = await storage.records.get(alice.scope, RecordDetail!.RecordId!)
    assert.deepEqual(
      record?.outputs.map(each => [each.OutputKey, each.OutputValue]),
      [
        ['AutomationExecutionId', record?.executionId],
        ['ResumedFrom', failed],
      ],
    )
    const execution = await storage.executions.get(record!.executionId)
    assert.deepEqual(execution?.parameters, { InstanceId: ['i-1'] })
    assert.equal((await storage.executions.steps(execution!.id)).length, 1)
    assert.equal((await storage.provisionedProducts.get(alice.scope, id))?.detail.Status, 'UNDER_CHANGE')
    // The answer under a token is given again by the pipeline; a call that was under way at the same moment gets it here.
    assert.equal(((await storage.tokens.find(claim)) as any).RecordDetail.RecordId, RecordDetail!.RecordId)
  })
})
