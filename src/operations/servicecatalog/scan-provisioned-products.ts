import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { accessFilter } from './provisioned-product.ts'

export const scanProvisionedProducts: ServiceCatalogOperation<'ScanProvisionedProducts', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const filter = accessFilter(caller, input.AccessLevelFilter)
  const page = await storage.provisionedProducts.list(caller.scope, filter, pageRequest(input))
  return {
    ProvisionedProducts: page.items.map(product => product.detail),
    NextPageToken: pageToken(page.next),
  }
}
