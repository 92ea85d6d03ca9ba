import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { requireOrganization } from './portfolio-share.ts'

/** What became of a change to a share with an organization node. */
export const describePortfolioShareStatus: ServiceCatalogOperation<
  'DescribePortfolioShareStatus',
  'storage' | 'organization'
> = async ({ PortfolioShareToken: token }, caller, { storage, organization }) => {
  requireOrganization(caller, organization)
  const operation = await storage.portfolioShares.operation(caller.scope, token)
  if (!operation) throw new ResourceNotFoundException(`Portfolio share token ${token} not found.`)
  return {
    PortfolioShareToken: token,
    PortfolioId: operation.portfolioId,
    OrganizationNodeValue: operation.nodeValue,
    Status: operation.status,
    ShareDetails: { SuccessfulShares: operation.accounts, ShareErrors: [] },
  }
}
