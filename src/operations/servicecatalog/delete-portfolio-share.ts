import type { ServiceCatalogOperation } from './operation.ts'
import { shareOperation, shareTarget } from './portfolio-share.ts'

/** Products that receivers have provisioned stay; they can be terminated, but no longer updated. */
export const deletePortfolioShare: ServiceCatalogOperation<
  'DeletePortfolioShare',
  'storage' | 'clock' | 'ids' | 'organization'
> = async (input, caller, services) => {
  const target = shareTarget(input, caller, services.organization, { gone: true })
  const operation = shareOperation(caller, services, input.PortfolioId, target)
  await services.storage.portfolioShares.delete(caller.scope, input.PortfolioId, target.node, operation)
  return { PortfolioShareToken: operation?.id }
}
