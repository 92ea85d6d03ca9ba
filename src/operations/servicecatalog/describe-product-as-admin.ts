import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProduct } from './product-and-artifact.ts'
import { tagOptionsOf } from './tag-options.ts'

export const describeProductAsAdmin: ServiceCatalogOperation<'DescribeProductAsAdmin', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { id, view, tags, scope } = await findProduct(storage, caller, { ProductId: input.Id, ProductName: input.Name })
  const portfolio = input.SourcePortfolioId
  if (portfolio !== undefined && !(await storage.portfolios.holdsProduct(scope, portfolio, id))) {
    throw new ResourceNotFoundException(`Product ${id} not found in portfolio ${portfolio}.`)
  }
  const artifacts = await storage.artifacts.ofProduct(scope, id)
  // Shared TagOptions are shown with the portfolio they are shared through, and only then.
  const from = portfolio === undefined ? undefined : await storage.portfolios.getUsable(caller.scope, portfolio)
  const options = await tagOptionsOf(storage, caller.scope, id, from)
  const budgets = await storage.budgets.ofResource(caller.scope, id)
  return {
    ProductViewDetail: view,
    ProvisioningArtifactSummaries: artifacts.map(({ detail: { Id, Name, Description, CreatedTime } }) => ({
      Id,
      Name,
      Description,
      CreatedTime,
      ProvisioningArtifactMetadata: {},
    })),
    Tags: tags,
    TagOptions: options.map(({ detail }) => detail),
    Budgets: budgets.map(BudgetName => ({ BudgetName })),
  }
}
