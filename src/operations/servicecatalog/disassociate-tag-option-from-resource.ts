import type { ServiceCatalogOperation } from './operation.ts'

export const disassociateTagOptionFromResource: ServiceCatalogOperation<
  'DisassociateTagOptionFromResource',
  'storage'
> = async ({ ResourceId, TagOptionId }, caller, { storage }) => {
  await storage.tagOptions.disassociate(caller.scope, ResourceId, TagOptionId)
  return {}
}
