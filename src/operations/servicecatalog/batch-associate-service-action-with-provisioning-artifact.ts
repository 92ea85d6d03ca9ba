import type { ServiceCatalogOperation } from './operation.ts'
import { eachAssociation } from './service-action-batch.ts'

export const batchAssociateServiceActionWithProvisioningArtifact: ServiceCatalogOperation<
  'BatchAssociateServiceActionWithProvisioningArtifact',
  'storage' | 'clock'
> = (input, caller, { storage, clock }) =>
  eachAssociation(input, association =>
    storage.serviceActions.associate(caller.scope, association, clock.now(), undefined),
  )
