import { undeclaredState } from './accepted.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findPlan } from './plan.ts'

/** Takes the product along that was only planned. IgnoreErrors changes nothing: there is no change set that could fail. */
export const deleteProvisionedProductPlan: ServiceCatalogOperation<'DeleteProvisionedProductPlan', 'storage'> = async (
  { PlanId },
  caller,
  { storage },
) => {
  await findPlan(storage, caller, PlanId)
  await storage.plans.delete(caller.scope, PlanId).catch(undeclaredState)
  return {}
}
