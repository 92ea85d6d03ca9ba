import { InvalidParametersException } from '../../protocol/errors.ts'
import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listResourcesForTagOption: ServiceCatalogOperation<'ListResourcesForTagOption', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { TagOptionId, ResourceType: type } = input
  if (type !== undefined && type !== 'Portfolio' && type !== 'Product') {
    throw new InvalidParametersException(`ResourceType takes Portfolio and Product, not ${type}.`)
  }
  const page = await storage.tagOptions.resources(caller.scope, TagOptionId, type, pageRequest(input))
  return { ResourceDetails: page.items, PageToken: pageToken(page.next) }
}
