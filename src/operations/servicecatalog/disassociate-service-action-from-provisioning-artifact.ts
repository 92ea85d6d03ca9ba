import type { ServiceCatalogOperation } from './operation.ts'

export const disassociateServiceActionFromProvisioningArtifact: ServiceCatalogOperation<
  'DisassociateServiceActionFromProvisioningArtifact',
  'storage' | 'clock'
> = (input, caller, { storage, clock }) =>
  storage.serviceActions.disassociate(
    caller.scope,
    {
      serviceActionId: input.ServiceActionId,
      productId: input.ProductId,
      provisioningArtifactId: input.ProvisioningArtifactId,
    },
    clock.now(),
    caller.claim,
  )
