import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDocument, testKit, testProduct } from '../testing.ts'

test('each item of a batch succeeds or fails by itself, with its code', async t => {
  const kit = testKit(t)
  const { catalog, documents } = kit
  await documents('CreateDocument', { Name: 'Resize', Content: testDocument, DocumentFormat: 'YAML' })
  const { productId: ProductId, artifactId: ProvisioningArtifactId } = await testProduct(kit)
  const items = []
  for (let i = 0; i < 27; i++) {
    const { ServiceActionDetail } = await catalog('CreateServiceAction', {
      Name: `action-${i}`,
      DefinitionType: 'SSM_AUTOMATION',
      Definition: { Name: 'Resize', Version: '1' },
    })
    items.push({ ServiceActionId: ServiceActionDetail!.ServiceActionSummary!.Id!, ProductId, ProvisioningArtifactId })
  }
  const known = items[0]!
  const unknown = [
    { ...known, ServiceActionId: 'act-x' },
    { ...known, ProductId: 'prod-x' },
    { ...known, ProvisioningArtifactId: 'pa-x' },
  ]
  const codes = (failed: readonly { ErrorCode?: string }[] = []) => failed.map(({ ErrorCode }) => ErrorCode)

  const made = await catalog('BatchAssociateServiceActionWithProvisioningArtifact', {
    ServiceActionAssociations: [...unknown, known, known, ...items.slice(1)],
  })
  const failed = made.FailedServiceActionAssociations!
  assert.deepEqual(codes(failed), [
    'RESOURCE_NOT_FOUND',
    'RESOURCE_NOT_FOUND',
    'RESOURCE_NOT_FOUND',
    'DUPLICATE_RESOURCE',
    'LIMIT_EXCEEDED',
    'LIMIT_EXCEEDED',
  ])
  assert.deepEqual(failed[0], {
    ...unknown[0],
    ErrorCode: 'RESOURCE_NOT_FOUND',
    ErrorMessage: 'Service action act-x not found.',
  })
  assert.deepEqual(
    failed.slice(4).map(({ ServiceActionId }) => ServiceActionId),
    items.slice(25).map(({ ServiceActionId }) => ServiceActionId),
  )
  const associated = async () => {
    const input = { ProductId, ProvisioningArtifactId }
    const one = await catalog('ListServiceActionsForProvisioningArtifact', input)
    if (!one.NextPageToken) return one.ServiceActionSummaries!.length
    const two = await catalog('ListServiceActionsForProvisioningArtifact', { ...input, PageToken: one.NextPageToken })
    return one.ServiceActionSummaries!.length + two.ServiceActionSummaries!.length
  }
  assert.equal(await associated(), 25)

  const gone = await catalog('BatchDisassociateServiceActionFromProvisioningArtifact', {
    ServiceActionAssociations: [known, known, ...unknown, items[1]!],
  })
  assert.deepEqual(codes(gone.FailedServiceActionAssociations), Array(4).fill('RESOURCE_NOT_FOUND'))
  assert.equal(await associated(), 23)

  // A version takes its associations along, so that its actions can be deleted.
  await catalog('CreateProvisioningArtifact', {
    ProductId,
    Parameters: { Info: { LoadTemplateFromURL: 'https://example.com/v2' } },
  })
  const Id = items[2]!.ServiceActionId
  await assert.rejects(catalog('DeleteServiceAction', { Id }), { code: 'ResourceInUseException' })
  await catalog('DeleteProvisioningArtifact', { ProductId, ProvisioningArtifactId })
  await catalog('DeleteServiceAction', { Id })
})
