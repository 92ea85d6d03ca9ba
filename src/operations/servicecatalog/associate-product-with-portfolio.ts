import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'

/** Repeating it changes nothing (AssociateProductWithPortfolio declares no DuplicateResourceException). */
export const associateProductWithPortfolio: ServiceCatalogOperation<
  'AssociateProductWithPortfolio',
  'storage' | 'clock'
> = async (input, caller, { storage, clock }) => {
  const { PortfolioId, ProductId, SourcePortfolioId } = input
  if (SourcePortfolioId !== undefined) {
    if (!(await storage.portfolios.holdsProduct(caller.scope, SourcePortfolioId, ProductId))) {
      throw new ResourceNotFoundException(`Product ${ProductId} not found in portfolio ${SourcePortfolioId}.`)
    }
  }
  await storage.portfolios.addProduct(caller.scope, PortfolioId, ProductId, clock.now())
  return {}
}
