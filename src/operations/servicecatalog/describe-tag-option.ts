import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const describeTagOption: ServiceCatalogOperation<'DescribeTagOption', 'storage'> = async (
  { Id },
  caller,
  { storage },
) => {
  const option = await storage.tagOptions.get(caller.scope, Id)
  if (!option) throw new ResourceNotFoundException(`TagOption ${Id} not found.`)
  return { TagOptionDetail: option.detail }
}
