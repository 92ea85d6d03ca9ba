import { engineDocument } from '../../catalog/engine-work.ts'
import { accepted, undeclaredState } from './accepted.ts'
import { updateLaunch } from './launch.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProvisionedProduct } from './provisioned-product.ts'

export const updateProvisionedProduct: ServiceCatalogOperation<
  'UpdateProvisionedProduct',
  'storage' | 'clock' | 'ids' | 'artifacts' | 'ruleAttributes' | 'executions'
> = async (input, caller, services) => {
  const { storage, ids, executions } = services
  const provisioned = await findProvisionedProduct(storage, caller, {
    id: input.ProvisionedProductId,
    name: input.ProvisionedProductName,
  })
  const { artifact, launchRoleArn, parameters, tags, notifications, stackSet } = await updateLaunch(
    input,
    provisioned,
    caller,
    services,
  )
  const executionId = ids.uuidAt(services.clock.now())
  const { record, execution } = accepted(provisioned, caller, services, {
    type: 'UPDATE_PROVISIONED_PRODUCT',
    kind: 'engine',
    executionId,
    document: engineDocument('update'),
    artifact,
    launchRoleArn,
    request: { parameters, tags, notifications, ...stackSet },
  })
  const answer = await storage.provisionedProducts
    .change(record, execution, caller.claim, { RecordDetail: record.detail })
    .catch(undeclaredState)
  executions.wake(executionId)
  return answer
}
