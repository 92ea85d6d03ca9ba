import type { Product, ProvisionedProduct, ProvisioningArtifact } from '../../catalog/entities.ts'
import { matchesQuery, parseQuery } from '../../catalog/search-query.ts'
import type { ProvisionedProductAttribute } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { AccessFilter } from '../../storage/verbs/provisioned-products.ts'
import type { Caller } from '../operation.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { accessFilter } from './provisioned-product.ts'

/** SortBy's values, as the API reference lists them, and what they sort by. */
const sortKeys: Readonly<Record<string, (attribute: ProvisionedProductAttribute) => string>> = {
  arn: attribute => attribute.Arn ?? '',
  id: attribute => attribute.Id ?? '',
  name: attribute => attribute.Name ?? '',
  lastRecordId: attribute => attribute.LastRecordId ?? '',
  createdTime: attribute => attribute.CreatedTime?.toISOString() ?? '',
  status: attribute => attribute.Status ?? '',
  type: attribute => attribute.Type ?? '',
  productId: attribute => attribute.ProductId ?? '',
  userArn: attribute => attribute.UserArn ?? '',
}

export const searchProvisionedProducts: ServiceCatalogOperation<'SearchProvisionedProducts', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const sortBy = input.SortBy ?? 'createdTime'
  const key = Object.hasOwn(sortKeys, sortBy) ? sortKeys[sortBy]! : undefined
  if (!key) throw new InvalidParametersException(`SortBy takes ${Object.keys(sortKeys).join(', ')}, not ${sortBy}.`)
  const queries = (input.Filters?.SearchQuery ?? []).map(parseQuery)
  const attributes = await everything(storage, caller, accessFilter(caller, input.AccessLevelFilter))
  const sign = input.SortOrder === 'DESCENDING' ? -1 : 1
  const order = (a: Place, b: Place) => sign * (compare(a[0], b[0]) || compare(a[1], b[1]))
  const place = (attribute: ProvisionedProductAttribute): Place => [key(attribute), attribute.Id ?? '']
  const found = attributes
    .filter(attribute => queries.every(query => matchesQuery(query, fields(attribute))))
    .sort((a, b) => order(place(a), place(b)))
  // The token names the last item shown, so products made in between move nothing.
  const after = input.PageToken ? decode(input.PageToken) : undefined
  const rest = after ? found.filter(attribute => order(place(attribute), after) > 0) : found
  const size = input.PageSize || 20
  const shown = rest.slice(0, size)
  return {
    ProvisionedProducts: shown,
    TotalResultsCount: found.length,
    NextPageToken: rest.length > size ? encode(place(shown.at(-1)!)) : undefined,
  }
}

type Place = readonly [key: string, id: string]

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const encode = (place: Place) => Buffer.from(JSON.stringify(place)).toString('base64url')

function decode(token: string): Place {
  try {
    const [key, id] = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (typeof key === 'string' && typeof id === 'string') return [key, id]
  } catch {
    // Not ours; answered below like any other token that is not ours.
  }
  throw new InvalidParametersException('The page token is not valid.')
}

async function everything(
  storage: Storage,
  caller: Caller,
  filter: AccessFilter,
): Promise<ProvisionedProductAttribute[]> {
  const attributes: ProvisionedProductAttribute[] = []
  const products = new Map<string, Promise<Product | undefined>>()
  const artifacts = new Map<string, Promise<ProvisioningArtifact | undefined>>()
  let after: { at: number; id: string } | undefined
  do {
    const page = await storage.provisionedProducts.list(caller.scope, filter, { size: 1000, after })
    for (const item of page.items) {
      const { ProductId: id, ProvisioningArtifactId: version } = item.detail
      if (!products.has(id)) products.set(id, storage.products.getProvisioned(caller.scope.region, id))
      const product = await products.get(id)
      if (!artifacts.has(version)) {
        artifacts.set(version, storage.artifacts.get(product?.scope ?? caller.scope, id, version))
      }
      attributes.push(attribute(item, product, await artifacts.get(version)))
    }
    after = page.next
  } while (after)
  return attributes
}

function attribute(
  item: ProvisionedProduct,
  product: Product | undefined,
  artifact: ProvisioningArtifact | undefined,
): ProvisionedProductAttribute {
  const { LaunchRoleArn: _, ...detail } = item.detail
  return {
    ...detail,
    Tags: item.tags,
    PhysicalId: item.resources[0]?.physicalId,
    ProductName: product?.view.ProductViewSummary?.Name,
    ProvisioningArtifactName: artifact?.detail.Name,
    UserArn: item.userArn,
    UserArnSession: item.userArnSession,
  }
}

/** What a search may look at, by the names of the API reference. */
function fields(attribute: ProvisionedProductAttribute): Readonly<Record<string, string | undefined>> {
  return {
    arn: attribute.Arn,
    createdTime: attribute.CreatedTime?.toISOString(),
    id: attribute.Id,
    idempotencyToken: attribute.IdempotencyToken,
    lastProvisioningRecordId: attribute.LastProvisioningRecordId,
    lastRecordId: attribute.LastRecordId,
    lastSuccessfulProvisioningRecordId: attribute.LastSuccessfulProvisioningRecordId,
    name: attribute.Name,
    physicalId: attribute.PhysicalId,
    productId: attribute.ProductId,
    productName: attribute.ProductName,
    provisioningArtifactId: attribute.ProvisioningArtifactId,
    provisioningArtifactName: attribute.ProvisioningArtifactName,
    status: attribute.Status,
    tags: attribute.Tags?.map(tag => `${tag.Key}:${tag.Value}`).join(' '),
    type: attribute.Type,
    userArn: attribute.UserArn,
    userArnSession: attribute.UserArnSession,
  }
}
