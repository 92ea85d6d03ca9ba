import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const describeCopyProductStatus: ServiceCatalogOperation<'DescribeCopyProductStatus', 'storage'> = async (
  { CopyProductToken },
  caller,
  { storage },
) => {
  const copy = await storage.productCopies.get(caller.scope, CopyProductToken)
  if (!copy) throw new ResourceNotFoundException(`Copy product operation ${CopyProductToken} not found.`)
  return { CopyProductStatus: copy.status, TargetProductId: copy.targetProductId, StatusDetail: copy.statusDetail }
}
