import type { ServiceCatalogOperation } from './operation.ts'

/** A budget is known by its name alone: there is no budget service here to ask whether it exists. */
export const associateBudgetWithResource: ServiceCatalogOperation<
  'AssociateBudgetWithResource',
  'storage' | 'clock'
> = async ({ BudgetName, ResourceId }, caller, { storage, clock }) => {
  await storage.budgets.associate(caller.scope, ResourceId, BudgetName, clock.now())
  return {}
}
