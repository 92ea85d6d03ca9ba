import type { ServiceCatalogOperation } from './operation.ts'

/** What was provisioned by this way stays; only its launch path is gone. */
export const disassociateProductFromPortfolio: ServiceCatalogOperation<
  'DisassociateProductFromPortfolio',
  'storage'
> = async ({ PortfolioId, ProductId }, caller, { storage }) => {
  await storage.portfolioMembers.removeProduct(caller.scope, PortfolioId, ProductId)
  return {}
}
