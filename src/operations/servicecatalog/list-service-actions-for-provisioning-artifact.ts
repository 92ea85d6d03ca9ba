import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listServiceActionsForProvisioningArtifact: ServiceCatalogOperation<
  'ListServiceActionsForProvisioningArtifact',
  'storage'
> = async (input, caller, { storage }) => {
  const { ProductId, ProvisioningArtifactId } = input
  const { scope } = (await storage.products.getUsable(caller.scope, ProductId)) ?? caller
  const page = await storage.serviceActions.ofArtifact(scope, ProductId, ProvisioningArtifactId, pageRequest(input))
  return {
    ServiceActionSummaries: page.items.map(({ detail }) => detail.ServiceActionSummary),
    NextPageToken: pageToken(page.next),
  }
}
