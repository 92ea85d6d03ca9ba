import type { ServiceCatalogOperation } from './operation.ts'

export const deleteTagOption: ServiceCatalogOperation<'DeleteTagOption', 'storage'> = async (
  { Id },
  caller,
  { storage },
) => {
  await storage.tagOptions.delete(caller.scope, Id)
  return {}
}
