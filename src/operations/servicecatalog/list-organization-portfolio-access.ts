import { pageOf } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { requireOrganization } from './portfolio-share.ts'

const shareTypes = {
  ORGANIZATION: 'ORGANIZATION',
  ORGANIZATIONAL_UNIT: 'ORGANIZATIONAL_UNIT',
  ACCOUNT: 'ORGANIZATION_MEMBER_ACCOUNT',
} as const

/** The organization nodes of one type that a portfolio is shared with. */
export const listOrganizationPortfolioAccess: ServiceCatalogOperation<
  'ListOrganizationPortfolioAccess',
  'storage' | 'organization'
> = async (input, caller, { storage, organization }) => {
  requireOrganization(caller, organization)
  const type = input.OrganizationNodeType
  const shares = (await storage.portfolioShares.list(caller.scope, input.PortfolioId)).filter(
    ({ node }) => node.type === shareTypes[type],
  )
  const page = pageOf(shares, ({ createdAt, node }) => [createdAt.getTime(), node.value], input)
  return {
    OrganizationNodes: page.items.map(({ node }) => ({ Type: type, Value: node.value })),
    NextPageToken: page.token,
  }
}
