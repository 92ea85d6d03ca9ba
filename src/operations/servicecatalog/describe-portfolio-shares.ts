import { pageOf } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

/** A portfolio's shares of one type, oldest first; only its owner sees them. */
export const describePortfolioShares: ServiceCatalogOperation<'DescribePortfolioShares', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const shares = (await storage.portfolioShares.list(caller.scope, input.PortfolioId)).filter(
    ({ node }) => node.type === input.Type,
  )
  const page = pageOf(shares, ({ createdAt, node }) => [createdAt.getTime(), node.value], input)
  return {
    PortfolioShareDetails: page.items.map(({ node, accepted, shareTagOptions, sharePrincipals }) => ({
      PrincipalId: node.value,
      Type: node.type,
      Accepted: accepted,
      ShareTagOptions: shareTagOptions,
      SharePrincipals: sharePrincipals,
    })),
    NextPageToken: page.token,
  }
}
