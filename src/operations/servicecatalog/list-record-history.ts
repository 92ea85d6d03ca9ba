import { InvalidParametersException } from '../../protocol/errors.ts'
import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { accessFilter } from './provisioned-product.ts'

/** SearchFilter's keys, as the API reference names them. */
const searchKeys = { provisionedproduct: 'provisionedProductId', product: 'productId' } as const

export const listRecordHistory: ServiceCatalogOperation<'ListRecordHistory', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const search = input.SearchFilter
  const key = search?.Key === undefined ? undefined : searchKeys[search.Key as keyof typeof searchKeys]
  if (search && (!key || !search.Value)) {
    throw new InvalidParametersException('SearchFilter takes the keys product and provisionedproduct, with a value.')
  }
  const filter = { ...accessFilter(caller, input.AccessLevelFilter), ...(key && { [key]: search?.Value }) }
  const page = await storage.records.list(caller.scope, filter, pageRequest(input))
  return { RecordDetails: page.items.map(record => record.detail), NextPageToken: pageToken(page.next) }
}
