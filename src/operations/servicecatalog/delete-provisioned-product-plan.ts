import { undeclaredState } from './accepted.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findPlan } from './plan.ts'

/**
 * Takes the product along that was only planned, and first what the engine keeps for the plan (a change set). With
 * IgnoreErrors the plan goes even where the engine cannot let go of that.
 */
export const deleteProvisionedProductPlan: ServiceCatalogOperation<
  'DeleteProvisionedProductPlan',
  'storage' | 'engines'
> = async ({ PlanId, IgnoreErrors }, caller, { storage, engines }) => {
  const plan = await findPlan(storage, caller, PlanId)
  const product = await storage.provisionedProducts.get(caller.scope, plan.detail.ProvisionProductId)
  // Of a plan that was executed nothing is kept, and one that is at work is refused below.
  if (product && /^CREATE_(?:SUCCESS|FAILED)$/.test(plan.detail.Status)) {
    await engines.discardPlan(product, plan).catch(error => {
      if (!IgnoreErrors) throw error
    })
  }
  await storage.plans.delete(caller.scope, PlanId).catch(undeclaredState)
  return {}
}
