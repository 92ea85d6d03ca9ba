import { engineDocument } from '../../catalog/engine-work.ts'
import { InvalidStateException } from '../../protocol/errors.ts'
import { accepted } from './accepted.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findPlan } from './plan.ts'

/** What was planned, the way that ProvisionProduct and UpdateProvisionedProduct go. */
export const executeProvisionedProductPlan: ServiceCatalogOperation<
  'ExecuteProvisionedProductPlan',
  'storage' | 'clock' | 'ids' | 'executions'
> = async (input, caller, services) => {
  const { storage, ids, executions } = services
  const plan = await findPlan(storage, caller, input.PlanId)
  const { detail, basedOn, parameters, tags, notifications, launchRoleArn } = plan
  const { provisioningPreferences, stackSetRoles } = plan
  const product = await storage.provisionedProducts.get(caller.scope, detail.ProvisionProductId)
  if (!product) {
    throw new InvalidStateException(`Provisioned product ${detail.ProvisionProductId} is no longer there.`)
  }
  const executionId = ids.uuidAt(services.clock.now())
  const isNew = basedOn === undefined
  const { record, execution } = accepted(product, caller, services, {
    type: isNew ? 'PROVISION_PRODUCT' : 'UPDATE_PROVISIONED_PRODUCT',
    kind: 'engine',
    executionId,
    document: engineDocument(isNew ? 'provision' : 'update'),
    artifact: { productId: detail.ProductId, id: detail.ProvisioningArtifactId, pathId: detail.PathId },
    launchRoleArn,
    request: { parameters, tags, notifications, planId: input.PlanId, provisioningPreferences, stackSetRoles },
  })
  const answer = await storage.plans.execute(input.PlanId, record, execution, caller.claim, {
    RecordDetail: record.detail,
  })
  executions.wake(executionId)
  return answer
}
