import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listPortfolios: ServiceCatalogOperation<'ListPortfolios', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const page = await storage.portfolios.list(caller.scope, pageRequest(input))
  return { PortfolioDetails: page.items.map(portfolio => portfolio.detail), NextPageToken: pageToken(page.next) }
}
