import type { ServiceCatalogOperation } from './operation.ts'

export const deleteProvisioningArtifact: ServiceCatalogOperation<'DeleteProvisioningArtifact', 'storage'> = async (
  { ProductId, ProvisioningArtifactId },
  caller,
  { storage },
) => {
  await storage.deletions.artifact(caller.scope, ProductId, ProvisioningArtifactId)
  return {}
}
