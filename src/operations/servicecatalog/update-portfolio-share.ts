import type { ServiceCatalogOperation } from './operation.ts'
import { checkSharePrincipals, shareOperation, shareTarget } from './portfolio-share.ts'

/** A flag that is not given stays as it was. */
export const updatePortfolioShare: ServiceCatalogOperation<
  'UpdatePortfolioShare',
  'storage' | 'clock' | 'ids' | 'organization'
> = async (input, caller, services) => {
  const { PortfolioId, ShareTagOptions: shareTagOptions, SharePrincipals: sharePrincipals } = input
  const target = shareTarget(input, caller, services.organization)
  checkSharePrincipals(target.node, sharePrincipals)
  const operation = shareOperation(caller, services, PortfolioId, target)
  const change = {
    ...(shareTagOptions !== undefined && { shareTagOptions }),
    ...(sharePrincipals !== undefined && { sharePrincipals }),
  }
  await services.storage.portfolioShares.update(caller.scope, PortfolioId, target.node, change, operation)
  return { PortfolioShareToken: operation?.id, Status: 'COMPLETED' }
}
