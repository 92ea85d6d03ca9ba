import type { ServiceCatalogOperation } from './operation.ts'
import { eachAssociation } from './service-action-batch.ts'

export const batchDisassociateServiceActionFromProvisioningArtifact: ServiceCatalogOperation<
  'BatchDisassociateServiceActionFromProvisioningArtifact',
  'storage' | 'clock'
> = (input, caller, { storage, clock }) =>
  eachAssociation(input, association =>
    storage.serviceActions.disassociate(caller.scope, association, clock.now(), undefined),
  )
