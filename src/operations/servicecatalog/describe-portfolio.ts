import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const describePortfolio: ServiceCatalogOperation<'DescribePortfolio', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const portfolio = await storage.portfolios.getUsable(caller.scope, input.Id)
  if (!portfolio) throw new ResourceNotFoundException(`Portfolio ${input.Id} not found.`)
  return { PortfolioDetail: portfolio.detail, Tags: portfolio.tags, TagOptions: [], Budgets: [] }
}
