import { artifactInfo } from '../../catalog/artifacts.ts'
import { artifactFrom } from './create-product.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProduct } from './product-and-artifact.ts'

export const createProvisioningArtifact: ServiceCatalogOperation<
  'CreateProvisioningArtifact',
  'storage' | 'clock' | 'ids' | 'artifacts'
> = async (input, caller, services) => {
  const { storage } = services
  const { id, view } = await findProduct(storage, caller, { ProductId: input.ProductId })
  const type = view.ProductViewSummary?.Type ?? 'CLOUD_FORMATION_TEMPLATE'
  const artifact = await artifactFrom({ id, type }, input.Parameters, caller, services)
  // AWS answers CREATING here and AVAILABLE from then on; there is nothing to wait for.
  const answer = {
    ProvisioningArtifactDetail: artifact.detail,
    Info: artifactInfo(artifact),
    Status: 'CREATING',
  } as const
  return storage.artifacts.create(artifact, caller.claim, answer)
}
