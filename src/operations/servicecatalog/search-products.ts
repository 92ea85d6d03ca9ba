import type { Product } from '../../catalog/entities.ts'
import { launchPaths } from '../../catalog/launch-paths.ts'
import type {
  ProductViewFilterBy,
  ProductViewSummary,
  SearchProductsInput,
} from '../../model/generated/servicecatalog.ts'
import { pageOf } from '../paging.ts'
import type { SortKey } from '../sorted-page.ts'
import type { ServiceCatalogOperation } from './operation.ts'

/** Products that reach the caller through a launch path, in the requester's view. */
export const searchProducts: ServiceCatalogOperation<'SearchProducts', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const paths = launchPaths(
    await storage.portfolios.withPrincipals(caller.scope, undefined),
    caller.arn,
    caller.groupArns,
  )
  const reachable = await storage.products.inPortfolios(
    caller.scope,
    paths.map(({ portfolio }) => portfolio.detail.Id),
  )
  const found = reachable.filter(product => matches(product, input.Filters ?? {}))
  const versions =
    input.SortBy === 'VersionCount' ? await storage.artifacts.countByProduct(caller.scope) : new Map<string, number>()
  const page = pageOf(
    found,
    product => sortKey(product, input.SortBy, versions),
    input,
    input.SortOrder === 'DESCENDING',
  )
  const summaries = found.map(({ view }) => view.ProductViewSummary ?? {})
  return {
    ProductViewSummaries: page.items.map(({ view }) => view.ProductViewSummary ?? {}),
    ProductViewAggregations: {
      Owner: aggregate(summaries, 'Owner'),
      ProductType: aggregate(summaries, 'Type'),
    },
    NextPageToken: page.token,
  }
}

/** Every filter must hold; a filter holds when one of its values does. */
export function matches(
  product: Product,
  filters: Partial<Readonly<Record<ProductViewFilterBy, readonly string[]>>>,
): boolean {
  const summary = product.view.ProductViewSummary ?? {}
  const tests: Readonly<Record<ProductViewFilterBy, (value: string) => boolean>> = {
    FullTextSearch: value => hasWords(summary, value),
    Owner: value => summary.Owner === value,
    ProductType: value => summary.Type === value,
    SourceProductId: value => product.sourceProductId === value,
  }
  return Object.entries(filters).every(([name, values]) => values.some(tests[name as ProductViewFilterBy]))
}

/** Whether each word of a text occurs somewhere in what describes the product; case does not matter. */
function hasWords(summary: ProductViewSummary, text: string): boolean {
  const { Name, Owner, ShortDescription, Distributor, SupportDescription, ProductId } = summary
  const described = [Name, Owner, ShortDescription, Distributor, SupportDescription, ProductId].join('\n').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every(word => described.includes(word))
}

export function sortKey(
  { id, view }: Product,
  by: SearchProductsInput['SortBy'],
  versions: ReadonlyMap<string, number>,
): SortKey {
  switch (by) {
    case 'Title':
      return [(view.ProductViewSummary?.Name ?? '').toLowerCase(), id]
    case 'VersionCount':
      return [versions.get(id) ?? 0, id]
    default:
      return [view.CreatedTime.getTime(), id]
  }
}

/** How many of the products found have each value, the commonest first. */
function aggregate(summaries: readonly ProductViewSummary[], member: 'Owner' | 'Type') {
  const counts = new Map<string, number>()
  for (const summary of summaries) {
    const value = summary[member]
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts]
    .map(([Value, ApproximateCount]) => ({ Value, ApproximateCount }))
    .sort((a, b) => b.ApproximateCount - a.ApproximateCount)
}
