import type { ProvisioningArtifact } from '../../catalog/entities.ts'
import { noLaunchPaths } from '../../catalog/launch-paths.ts'
import type { ProvisioningArtifact as ProvisioningArtifactView } from '../../model/generated/servicecatalog.ts'
import { ResourceNotFoundException } from '../../protocol/errors.ts'
import { launchPathsOf } from './launch-path.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProduct } from './product-and-artifact.ts'

/** The requester's view: a product without a launch path to the caller is not there, for administrators too. */
export const describeProduct: ServiceCatalogOperation<'DescribeProduct', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { id, view, scope } = await findProduct(storage, caller, { ProductId: input.Id, ProductName: input.Name })
  const paths = await launchPathsOf(storage, caller, id)
  if (paths.length === 0) throw new ResourceNotFoundException(noLaunchPaths(id))
  const artifacts = await storage.artifacts.ofProduct(scope, id)
  const budgets = await storage.budgets.ofResource(caller.scope, id)
  return {
    ProductViewSummary: view.ProductViewSummary,
    ProvisioningArtifacts: artifacts.filter(({ detail }) => detail.Active).map(artifactView),
    Budgets: budgets.map(BudgetName => ({ BudgetName })),
    LaunchPaths: paths.map(({ id: Id, name: Name }) => ({ Id, Name })),
  }
}

/** A provisioning artifact as requesters see it. */
export function artifactView({ detail }: ProvisioningArtifact): ProvisioningArtifactView {
  const { Id, Name, Description, CreatedTime, Guidance } = detail
  return { Id, Name, Description, CreatedTime, Guidance }
}
