import type { ServiceCatalogOperation } from './operation.ts'

/** Repeating it changes nothing (AssociateProductWithPortfolio declares no DuplicateResourceException). */
export const associateProductWithPortfolio: ServiceCatalogOperation<
  'AssociateProductWithPortfolio',
  'storage' | 'clock'
> = async ({ PortfolioId, ProductId, SourcePortfolioId }, caller, { storage, clock }) => {
  await storage.portfolios.addProduct(caller.scope, PortfolioId, ProductId, clock.now(), SourcePortfolioId)
  return {}
}
