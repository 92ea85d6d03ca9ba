import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { accessFilter, findProvisionedProduct } from './provisioned-product.ts'

export const listProvisionedProductPlans: ServiceCatalogOperation<'ListProvisionedProductPlans', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const id = input.ProvisionProductId
  if (id !== undefined) await findProvisionedProduct(storage, caller, { id })
  const filter = { ...accessFilter(caller, input.AccessLevelFilter), provisionedProductId: id }
  const page = await storage.plans.list(caller.scope, filter, pageRequest(input))
  return {
    ProvisionedProductPlans: page.items.map(({ detail }) => ({
      PlanName: detail.PlanName,
      PlanId: detail.PlanId,
      ProvisionProductId: detail.ProvisionProductId,
      ProvisionProductName: detail.ProvisionProductName,
      PlanType: detail.PlanType,
      ProvisioningArtifactId: detail.ProvisioningArtifactId,
    })),
    NextPageToken: pageToken(page.next),
  }
}
