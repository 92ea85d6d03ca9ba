import { parseQueries, type SearchQuery, SearchQueryError } from '../../catalog/search-query.ts'
import type { ProvisionedProductAttribute } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import {
  type FoundProduct,
  type Place,
  type SearchSort,
  searchSorts,
} from '../../storage/verbs/provisioned-product-search.ts'
import { pageSize } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { accessFilter } from './provisioned-product.ts'

/**
 * Provisioned products by access level, queries and order. A page may be short and still have a token: where no query finds
 * few, only so many products are looked at for one page.
 */
export const searchProvisionedProducts: ServiceCatalogOperation<'SearchProvisionedProducts', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const sortBy = sortOf(input.SortBy ?? 'createdTime')
  const { items, next, total } = await storage.provisionedProducts.search(
    caller.scope,
    accessFilter(caller, input.AccessLevelFilter),
    {
      queries: queriesOf(input.Filters?.SearchQuery ?? []),
      sortBy,
      descending: input.SortOrder === 'DESCENDING',
      size: pageSize(input),
      after: input.PageToken ? decode(input.PageToken, sortBy) : undefined,
    },
  )
  return {
    ProvisionedProducts: items.map(attribute),
    TotalResultsCount: total,
    NextPageToken: next && encode(next, sortBy),
  }
}

function queriesOf(texts: readonly string[]): readonly SearchQuery[] {
  try {
    return parseQueries(texts)
  } catch (error) {
    if (error instanceof SearchQueryError) throw new InvalidParametersException(error.message)
    throw error
  }
}

/** SortBy's values as the API reference lists them, and the time, which is the order without one. */
function sortOf(name: string): SearchSort {
  const sort = searchSorts.find(each => each === name)
  if (!sort) throw new InvalidParametersException(`SortBy takes ${searchSorts.join(', ')}, not ${name}.`)
  return sort
}

/** The token names the last place that was looked at, so products made in between move nothing. */
function encode([value, id]: Place, sortBy: SearchSort): string {
  return Buffer.from(JSON.stringify([sortBy, value, id])).toString('base64url')
}

function decode(token: string, sortBy: SearchSort): Place {
  try {
    const [by, value, id] = JSON.parse(Buffer.from(token, 'base64url').toString())
    const known = sortBy === 'createdTime' ? Number.isSafeInteger(value) : typeof value === 'string'
    if (by === sortBy && known && typeof id === 'string') return [value, id]
  } catch {
    // Not ours; answered below like any other token that is not ours.
  }
  throw new InvalidParametersException('The page token is not valid.')
}

function attribute({ provisioned, product, artifact }: FoundProduct): ProvisionedProductAttribute {
  const { LaunchRoleArn: _, ...detail } = provisioned.detail
  return {
    ...detail,
    Tags: provisioned.tags,
    PhysicalId: provisioned.resources[0]?.physicalId,
    ProductName: product?.view.ProductViewSummary?.Name,
    ProvisioningArtifactName: artifact?.detail.Name,
    UserArn: provisioned.userArn,
    UserArnSession: provisioned.userArnSession,
  }
}
