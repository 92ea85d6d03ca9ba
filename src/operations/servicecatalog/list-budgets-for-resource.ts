import { pageRequest, pageToken } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const listBudgetsForResource: ServiceCatalogOperation<'ListBudgetsForResource', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const page = await storage.budgets.list(caller.scope, input.ResourceId, pageRequest(input))
  return { Budgets: page.items.map(BudgetName => ({ BudgetName })), NextPageToken: pageToken(page.next) }
}
