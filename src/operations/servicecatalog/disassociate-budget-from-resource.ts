import type { ServiceCatalogOperation } from './operation.ts'

export const disassociateBudgetFromResource: ServiceCatalogOperation<
  'DisassociateBudgetFromResource',
  'storage'
> = async ({ BudgetName, ResourceId }, caller, { storage }) => {
  await storage.budgets.disassociate(caller.scope, ResourceId, BudgetName)
  return {}
}
