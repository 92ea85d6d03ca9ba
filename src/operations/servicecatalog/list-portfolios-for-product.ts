import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listPortfoliosForProduct: ServiceCatalogOperation<'ListPortfoliosForProduct', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const page = await storage.portfolioMembers.portfoliosOf(caller.scope, input.ProductId, pageRequest(input))
  return { PortfolioDetails: page.items.map(({ detail }) => detail), NextPageToken: pageToken(page.next) }
}
