import type { ServiceCatalogOperation } from './operation.ts'

export const deleteServiceAction: ServiceCatalogOperation<'DeleteServiceAction', 'storage' | 'clock'> = (
  input,
  caller,
  { storage, clock },
) => storage.serviceActions.delete(caller.scope, input.Id, clock.now(), caller.claim)
