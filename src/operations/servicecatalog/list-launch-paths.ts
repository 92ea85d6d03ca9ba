import type { Constraint } from '../../catalog/entities.ts'
import { noLaunchPaths } from '../../catalog/launch-paths.ts'
import type { ConstraintSummary } from '../../model/generated/servicecatalog.ts'
import { ResourceNotFoundException } from '../../protocol/errors.ts'
import { pageOf } from '../paging.ts'
import { launchPathsOf } from './launch-path.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listLaunchPaths: ServiceCatalogOperation<'ListLaunchPaths', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { ProductId } = input
  const paths = await launchPathsOf(storage, caller, ProductId)
  if (paths.length === 0) throw new ResourceNotFoundException(noLaunchPaths(ProductId))
  const page = pageOf(paths, ({ id, portfolio }) => [portfolio.detail.CreatedTime.getTime(), id], input)
  const summaries = page.items.map(async ({ id, name, portfolio }) => ({
    Id: id,
    ConstraintSummaries: constraintSummaries(
      await storage.constraints.ofProduct(portfolio.scope, portfolio.detail.Id, ProductId),
    ),
    Tags: portfolio.tags,
    Name: name,
  }))
  return { LaunchPathSummaries: await Promise.all(summaries), NextPageToken: page.token }
}

export function constraintSummaries(constraints: readonly Constraint[]): readonly ConstraintSummary[] {
  return constraints.map(({ detail: { Type, Description } }) => ({ Type, Description }))
}
