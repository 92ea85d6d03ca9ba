import type { ServiceCatalogOperation } from './operation.ts'
import { importKindOf } from './portfolio-share.ts'

/** Makes a portfolio that another account shares usable in this one; once more changes nothing. */
export const acceptPortfolioShare: ServiceCatalogOperation<'AcceptPortfolioShare', 'storage'> = async (
  { PortfolioId, PortfolioShareType },
  caller,
  { storage },
) => {
  const kind = importKindOf(PortfolioShareType, PortfolioId)
  await storage.portfolioShares.answer(caller.scope, PortfolioId, kind, 'ACCEPTED')
  return {}
}
