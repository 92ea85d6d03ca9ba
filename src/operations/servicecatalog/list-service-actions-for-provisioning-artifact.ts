import { noLaunchPaths } from '../../catalog/launch-paths.ts'
import { ResourceNotFoundException } from '../../protocol/errors.ts'
import { pageRequest, pageToken } from '../paging.ts'
import { launchPathsOf } from './launch-path.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { reachFilter } from './provisioned-product.ts'

/**
 * The actions of a version, to those whom its product reaches, or who have something that was provisioned from it. Throws
 * ResourceNotFoundException to others.
 */
export const listServiceActionsForProvisioningArtifact: ServiceCatalogOperation<
  'ListServiceActionsForProvisioningArtifact',
  'storage'
> = async (input, caller, { storage }) => {
  const { ProductId, ProvisioningArtifactId } = input
  const product = await storage.products.getUsable(caller.scope, ProductId)
  if (
    !caller.administrator &&
    (await launchPathsOf(storage, caller, ProductId)).length === 0 &&
    !(await storage.provisionedProducts.hasAnyFrom(caller.scope, reachFilter(caller), ProductId))
  ) {
    throw new ResourceNotFoundException(noLaunchPaths(ProductId))
  }
  const { scope } = product ?? caller
  const page = await storage.serviceActions.ofArtifact(scope, ProductId, ProvisioningArtifactId, pageRequest(input))
  return {
    ServiceActionSummaries: page.items.map(({ detail }) => detail.ServiceActionSummary),
    NextPageToken: pageToken(page.next),
  }
}
