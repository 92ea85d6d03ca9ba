import { artifactInfo } from '../../catalog/artifacts.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const updateProvisioningArtifact: ServiceCatalogOperation<'UpdateProvisioningArtifact', 'storage'> = async (
  { ProductId, ProvisioningArtifactId, Name, Description, Active, Guidance },
  caller,
  { storage },
) => {
  const artifact = await storage.artifacts.update(caller.scope, ProductId, ProvisioningArtifactId, before => ({
    ...before,
    detail: {
      ...before.detail,
      ...(Name !== undefined && { Name }),
      ...(Description !== undefined && { Description }),
      ...(Active !== undefined && { Active }),
      ...(Guidance !== undefined && { Guidance }),
    },
  }))
  return { ProvisioningArtifactDetail: artifact.detail, Info: artifactInfo(artifact), Status: 'AVAILABLE' }
}
