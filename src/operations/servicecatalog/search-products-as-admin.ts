import type { Product } from '../../catalog/entities.ts'
import type { SearchProductsAsAdminInput } from '../../model/generated/servicecatalog.ts'
import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Caller } from '../operation.ts'
import { pageOf } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { matches, sortKey } from './search-products.ts'

export const searchProductsAsAdmin: ServiceCatalogOperation<'SearchProductsAsAdmin', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const products = await candidates(input, caller, storage)
  const found = products.filter(product => matches(product, input.Filters ?? {}))
  const versions =
    input.SortBy === 'VersionCount' ? await storage.artifacts.countByProduct(caller.scope) : new Map<string, number>()
  const page = pageOf(
    found,
    product => sortKey(product, input.SortBy, versions),
    input,
    input.SortOrder === 'DESCENDING',
  )
  return { ProductViewDetails: page.items.map(({ view }) => view), NextPageToken: page.token }
}

/** A portfolio's products, or the account's own and those it was given through shared portfolios. */
async function candidates(
  { PortfolioId, ProductSource }: SearchProductsAsAdminInput,
  { scope }: Caller,
  storage: Storage,
): Promise<readonly Product[]> {
  let products: readonly Product[]
  if (PortfolioId === undefined) {
    const imported = await storage.portfolioShares.imported(scope)
    const shared = await storage.products.inPortfolios(
      scope,
      imported.map(({ portfolio }) => portfolio.detail.Id),
    )
    products = [...(await storage.products.list(scope)), ...shared]
  } else {
    if (!(await storage.portfolios.getUsable(scope, PortfolioId))) {
      throw new ResourceNotFoundException(`Portfolio ${PortfolioId} not found.`)
    }
    products = await storage.products.inPortfolios(scope, [PortfolioId])
  }
  return ProductSource === 'ACCOUNT'
    ? products.filter(product => product.scope.accountId === scope.accountId)
    : products
}
