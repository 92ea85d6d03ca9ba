import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listTagOptions: ServiceCatalogOperation<'ListTagOptions', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const page = await storage.tagOptions.list(caller.scope, input.Filters ?? {}, pageRequest(input))
  return { TagOptionDetails: page.items.map(({ detail }) => detail), PageToken: pageToken(page.next) }
}
