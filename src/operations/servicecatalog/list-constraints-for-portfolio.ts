import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listConstraintsForPortfolio: ServiceCatalogOperation<'ListConstraintsForPortfolio', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { PortfolioId, ProductId } = input
  const page = await storage.constraints.list(caller.scope, PortfolioId, ProductId, pageRequest(input))
  return { ConstraintDetails: page.items.map(({ detail }) => detail), NextPageToken: pageToken(page.next) }
}
