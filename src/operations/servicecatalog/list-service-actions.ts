import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listServiceActions: ServiceCatalogOperation<'ListServiceActions', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const page = await storage.serviceActions.list(caller.scope, pageRequest(input))
  return {
    ServiceActionSummaries: page.items.map(({ detail }) => detail.ServiceActionSummary),
    NextPageToken: pageToken(page.next),
  }
}
