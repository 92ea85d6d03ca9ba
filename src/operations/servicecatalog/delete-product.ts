import type { ServiceCatalogOperation } from './operation.ts'

export const deleteProduct: ServiceCatalogOperation<'DeleteProduct', 'storage'> = async (
  { Id },
  caller,
  { storage },
) => {
  await storage.deletions.product(caller.scope, Id)
  return {}
}
