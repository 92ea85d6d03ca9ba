import type { ServiceCatalogOperation } from './operation.ts'
import { checkSharePrincipals, shareOperation, shareTarget } from './portfolio-share.ts'

/** A share that is there already stays as it is. Only shares with organization nodes have a token. */
export const createPortfolioShare: ServiceCatalogOperation<
  'CreatePortfolioShare',
  'storage' | 'clock' | 'ids' | 'organization'
> = async (input, caller, services) => {
  const { storage, clock, organization } = services
  const target = shareTarget(input, caller, organization)
  checkSharePrincipals(target.node, input.SharePrincipals)
  const operation = shareOperation(caller, services, input.PortfolioId, target)
  const share = {
    scope: caller.scope,
    portfolioId: input.PortfolioId,
    node: target.node,
    shareTagOptions: input.ShareTagOptions ?? false,
    sharePrincipals: input.SharePrincipals ?? false,
    createdAt: clock.now(),
  }
  await storage.portfolioShares.create(share, target.receivers, target.organization?.id, operation)
  return { PortfolioShareToken: operation?.id }
}
