import type { ServiceCatalogOperation } from './operation.ts'

export const deleteConstraint: ServiceCatalogOperation<'DeleteConstraint', 'storage'> = async (
  { Id },
  caller,
  { storage },
) => {
  await storage.constraints.delete(caller.scope, Id)
  return {}
}
