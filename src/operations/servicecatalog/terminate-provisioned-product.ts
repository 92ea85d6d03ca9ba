import { engineDocument } from '../../catalog/engine-work.ts'
import { accepted, undeclaredState } from './accepted.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProvisionedProduct } from './provisioned-product.ts'

export const terminateProvisionedProduct: ServiceCatalogOperation<
  'TerminateProvisionedProduct',
  'storage' | 'clock' | 'ids' | 'executions'
> = async (input, caller, services) => {
  const { storage, ids, executions } = services
  const provisioned = await findProvisionedProduct(storage, caller, {
    id: input.ProvisionedProductId,
    name: input.ProvisionedProductName,
  })
  const executionId = ids.uuidAt(services.clock.now())
  const { record, execution } = accepted(provisioned, caller, services, {
    type: 'TERMINATE_PROVISIONED_PRODUCT',
    kind: 'engine',
    executionId,
    document: engineDocument('terminate'),
    request: {
      ignoreErrors: input.IgnoreErrors,
      retainPhysicalResources: input.RetainPhysicalResources,
      terminateToken: input.TerminateToken,
    },
  })
  const answer = await storage.provisionedProducts
    .change(record, execution, caller.claim, { RecordDetail: record.detail })
    .catch(undeclaredState)
  executions.wake(executionId)
  return answer
}
