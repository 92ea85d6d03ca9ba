import { productOfView } from '../../catalog/ids.ts'
import { ResourceNotFoundException } from '../../protocol/errors.ts'
import { artifactView } from './describe-product.ts'
import { launchPathsOf } from './launch-path.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProduct } from './product-and-artifact.ts'

/** DescribeProduct by the product view's id: without a launch path to the caller there is no view. */
export const describeProductView: ServiceCatalogOperation<'DescribeProductView', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const productId = productOfView(input.Id)
  const paths = productId === undefined ? [] : await launchPathsOf(storage, caller, productId)
  if (productId === undefined || paths.length === 0) {
    throw new ResourceNotFoundException(`Product view ${input.Id} not found.`)
  }
  const { id, view, scope } = await findProduct(storage, caller, { ProductId: productId })
  const artifacts = await storage.artifacts.ofProduct(scope, id)
  return {
    ProductViewSummary: view.ProductViewSummary,
    ProvisioningArtifacts: artifacts.filter(({ detail }) => detail.Active).map(artifactView),
  }
}
