import { requireOpenKey } from '../../catalog/tags.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { tagRule } from './tags.ts'

export const createTagOption: ServiceCatalogOperation<'CreateTagOption', 'storage' | 'clock' | 'ids'> = async (
  { Key, Value },
  { scope },
  { storage, clock, ids },
) => {
  tagRule(() => requireOpenKey(Key))
  const detail = { Key, Value, Active: true, Id: ids.next('tagOption'), Owner: scope.accountId }
  await storage.tagOptions.create({ scope, detail, createdAt: clock.now() })
  return { TagOptionDetail: detail }
}
