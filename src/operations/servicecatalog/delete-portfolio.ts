import type { ServiceCatalogOperation } from './operation.ts'

export const deletePortfolio: ServiceCatalogOperation<'DeletePortfolio', 'storage'> = async (
  { Id },
  caller,
  { storage },
) => {
  await storage.deletions.portfolio(caller.scope, Id)
  return {}
}
