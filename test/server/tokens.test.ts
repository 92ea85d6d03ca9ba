import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { StructureShape } from '../../src/model/service-model.ts'
import { services } from '../../src/model/services.ts'
import { account, call, region, send, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { externalProduct, unassociatedServiceAction } from '../kit/catalog.ts'

/** Operations with a token whose repetition other tests hold: the engine's notifications and changes of what runs. */
const elsewhere = [
  'CreateProvisionedProductPlan',
  'ExecuteProvisionedProductPlan',
  'ExecuteProvisionedProductServiceAction',
  'ImportAsProvisionedProduct',
  'NotifyProvisionProductEngineWorkflowResult',
  'NotifyTerminateProvisionedProductEngineWorkflowResult',
  'NotifyUpdateProvisionedProductEngineWorkflowResult',
  'TerminateProvisionedProduct',
  'UpdateProvisionedProduct',
  'UpdateProvisionedProductProperties',
]

test('the same token gives the same answer, and with another input it is refused', async t => {
  const server = await startBellhop({ dataDirectory: join(temporaryFolder(t), 'data') })
  t.after(() => server.kill())
  const made = await externalProduct(server, 'nobody')
  const { portfolioId: PortfolioId, productId: ProductId, artifactId: ProvisioningArtifactId } = made
  const document = { mainSteps: [{ name: 'wait', action: 'aws:sleep', inputs: { Duration: 'PT0S' } }] }
  const ServiceActionId = await unassociatedServiceAction(server, { name: 'Wait', document })
  const Id = await unassociatedServiceAction(server, { name: 'Delete', document })
  const association = { ProductId, ProvisioningArtifactId, ServiceActionId }
  const Info = { LoadTemplateFromURL: 's3://tests/v.tar.gz' }

  // Each with a member that makes it another request. In this order: what is associated is disassociated later.
  const cases: Readonly<Record<string, readonly [input: object, other: object]>> = {
    CreatePortfolio: [{ DisplayName: 'p', ProviderName: 'IT' }, { DisplayName: 'q' }],
    CreateProduct: [
      { Name: 'p', Owner: 'IT', ProductType: 'EXTERNAL', ProvisioningArtifactParameters: { Info } },
      { Name: 'q' },
    ],
    CreateProvisioningArtifact: [{ ProductId, Parameters: { Name: 'v2', Info } }, { Parameters: { Name: 'v3', Info } }],
    CreateConstraint: [
      { PortfolioId, ProductId, Type: 'NOTIFICATION', Parameters: notification('a') },
      { Parameters: notification('b') },
    ],
    CreateServiceAction: [
      { Name: 'a', DefinitionType: 'SSM_AUTOMATION', Definition: { Name: 'Wait', Version: '1' } },
      { Name: 'b' },
    ],
    AssociateServiceActionWithProvisioningArtifact: [association, { ServiceActionId: Id }],
    DisassociateServiceActionFromProvisioningArtifact: [association, { ServiceActionId: Id }],
    DeleteServiceAction: [{ Id }, { Id: ServiceActionId }],
    CopyProduct: [
      { SourceProductArn: `arn:aws:catalog:${region}:${account}:product/${ProductId}` },
      { TargetProductName: 'q' },
    ],
    ProvisionProduct: [
      { ProductId, ProvisioningArtifactId, ProvisionedProductName: 'p' },
      { ProvisionedProductName: 'q' },
    ],
  }
  const { operations, shapes } = services.servicecatalog
  const tokens = Object.entries(operations).flatMap(([name, { input }]) => {
    const { members = {} } = shapes[input?.shape ?? ''] as StructureShape
    const member = Object.keys(members).find(key => members[key]!.idempotencyToken)
    return member ? [[name, member] as const] : []
  })
  assert.deepEqual(tokens.map(([name]) => name).sort(), [...Object.keys(cases), ...elsewhere].sort())

  const memberOf = new Map(tokens)
  for (const [name, [input, other]] of Object.entries(cases)) {
    const token = { [memberOf.get(name)!]: 'the-token' }
    const first = await call(server, 'servicecatalog', name, { ...input, ...token })
    assert.deepEqual(await call(server, 'servicecatalog', name, { ...input, ...token }), first, name)
    const refused = await send(server, 'servicecatalog', name, { ...input, ...other, ...token })
    assert.equal(refused.json.__type, 'InvalidParametersException', `${name} ${refused.text}`)
    assert.match(refused.json.message, /the-token was used before with other parameters/, name)
  }
  // Once each: what was there, and what one call of each made.
  const { PortfolioDetails } = await call(server, 'servicecatalog', 'ListPortfolios', {})
  assert.equal(PortfolioDetails.length, 2)
  const { ProductViewDetails } = await call(server, 'servicecatalog', 'SearchProductsAsAdmin', {})
  assert.equal(ProductViewDetails.length, 3)
})

function notification(topic: string): string {
  return JSON.stringify({ NotificationArns: [`arn:aws:sns:${region}:${account}:${topic}`] })
}
