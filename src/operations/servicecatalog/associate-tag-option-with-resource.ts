import type { ServiceCatalogOperation } from './operation.ts'

export const associateTagOptionWithResource: ServiceCatalogOperation<
  'AssociateTagOptionWithResource',
  'storage' | 'clock'
> = async ({ ResourceId, TagOptionId }, caller, { storage, clock }) => {
  await storage.tagOptions.associate(caller.scope, ResourceId, TagOptionId, clock.now())
  return {}
}
