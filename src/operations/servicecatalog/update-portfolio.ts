import { changedTags, tagLimits } from '../../catalog/tags.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { tagRule } from './tags.ts'

export const updatePortfolio: ServiceCatalogOperation<'UpdatePortfolio', 'storage'> = async (
  { Id, DisplayName, Description, ProviderName, AddTags: add, RemoveTags: remove },
  caller,
  { storage },
) => {
  const { detail, tags } = await storage.portfolios.update(caller.scope, Id, portfolio => ({
    ...portfolio,
    tags: tagRule(() => changedTags(portfolio.tags, { add, remove, limit: tagLimits.portfolio }), {
      declaresLimit: true,
    }),
    detail: {
      ...portfolio.detail,
      ...(DisplayName !== undefined && { DisplayName }),
      ...(Description !== undefined && { Description }),
      ...(ProviderName !== undefined && { ProviderName }),
    },
  }))
  return { PortfolioDetail: detail, Tags: tags }
}
