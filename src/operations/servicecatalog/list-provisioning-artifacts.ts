import type { ServiceCatalogOperation } from './operation.ts'
import { findProduct } from './product-and-artifact.ts'

/** Not paged: the answer has a NextPageToken, but the input has no PageToken. */
export const listProvisioningArtifacts: ServiceCatalogOperation<'ListProvisioningArtifacts', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { id, scope } = await findProduct(storage, caller, { ProductId: input.ProductId })
  const artifacts = await storage.artifacts.ofProduct(scope, id)
  return { ProvisioningArtifactDetails: artifacts.map(({ detail }) => detail) }
}
