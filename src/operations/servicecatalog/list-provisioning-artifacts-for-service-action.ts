import { pageRequest, pageToken } from '../paging.ts'
import { artifactView } from './describe-product.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listProvisioningArtifactsForServiceAction: ServiceCatalogOperation<
  'ListProvisioningArtifactsForServiceAction',
  'storage'
> = async (input, caller, { storage }) => {
  const page = await storage.serviceActions.artifactsOf(caller.scope, input.ServiceActionId, pageRequest(input))
  const views = page.items.map(async artifact => {
    const product = await storage.products.get(caller.scope, artifact.productId)
    return { ProductViewSummary: product?.view.ProductViewSummary, ProvisioningArtifact: artifactView(artifact) }
  })
  return { ProvisioningArtifactViews: await Promise.all(views), NextPageToken: pageToken(page.next) }
}
