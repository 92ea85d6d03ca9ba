import type { ServiceCatalogOperation } from './operation.ts'

export const disassociatePrincipalFromPortfolio: ServiceCatalogOperation<
  'DisassociatePrincipalFromPortfolio',
  'storage'
> = async ({ PortfolioId: portfolioId, PrincipalARN: principalArn, PrincipalType }, caller, { storage }) => {
  await storage.portfolioMembers.removePrincipal(caller.scope, { portfolioId, principalArn }, PrincipalType)
  return {}
}
