import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listPrincipalsForPortfolio: ServiceCatalogOperation<'ListPrincipalsForPortfolio', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const page = await storage.portfolioMembers.principals(caller.scope, input.PortfolioId, pageRequest(input))
  return {
    Principals: page.items.map(({ principalArn: PrincipalARN, principalType: PrincipalType }) => ({
      PrincipalARN,
      PrincipalType,
    })),
    NextPageToken: pageToken(page.next),
  }
}
