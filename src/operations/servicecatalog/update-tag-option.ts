import type { ServiceCatalogOperation } from './operation.ts'

/** What was provisioned with the old value keeps it. */
export const updateTagOption: ServiceCatalogOperation<'UpdateTagOption', 'storage'> = async (
  { Id, Value, Active },
  caller,
  { storage },
) => {
  const { detail } = await storage.tagOptions.update(caller.scope, Id, { Value, Active })
  return { TagOptionDetail: detail }
}
