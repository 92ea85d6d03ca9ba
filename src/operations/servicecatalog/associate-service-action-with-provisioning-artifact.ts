import type { ServiceCatalogOperation } from './operation.ts'

export const associateServiceActionWithProvisioningArtifact: ServiceCatalogOperation<
  'AssociateServiceActionWithProvisioningArtifact',
  'storage' | 'clock'
> = (input, caller, { storage, clock }) =>
  storage.serviceActions.associate(
    caller.scope,
    {
      serviceActionId: input.ServiceActionId,
      productId: input.ProductId,
      provisioningArtifactId: input.ProvisioningArtifactId,
    },
    clock.now(),
    caller.claim,
  )
