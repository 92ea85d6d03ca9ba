import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { tagOptionsOf } from './tag-options.ts'

export const describePortfolio: ServiceCatalogOperation<'DescribePortfolio', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const portfolio = await storage.portfolios.getUsable(caller.scope, input.Id)
  if (!portfolio) throw new ResourceNotFoundException(`Portfolio ${input.Id} not found.`)
  const options = await tagOptionsOf(storage, caller.scope, input.Id, portfolio)
  const budgets = await storage.budgets.ofResource(caller.scope, input.Id)
  return {
    PortfolioDetail: portfolio.detail,
    Tags: portfolio.tags,
    TagOptions: options.map(({ detail }) => detail),
    Budgets: budgets.map(BudgetName => ({ BudgetName })),
  }
}
