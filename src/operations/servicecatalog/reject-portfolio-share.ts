import type { ServiceCatalogOperation } from './operation.ts'
import { importKindOf } from './portfolio-share.ts'

/** Takes a shared portfolio out of use; as long as the share is there, it can be accepted again. */
export const rejectPortfolioShare: ServiceCatalogOperation<'RejectPortfolioShare', 'storage'> = async (
  { PortfolioId, PortfolioShareType },
  caller,
  { storage },
) => {
  const kind = importKindOf(PortfolioShareType, PortfolioId)
  await storage.portfolioShares.answer(caller.scope, PortfolioId, kind, 'REJECTED')
  return {}
}
