import { pageOf } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findPlan } from './plan.ts'

export const describeProvisionedProductPlan: ServiceCatalogOperation<
  'DescribeProvisionedProductPlan',
  'storage'
> = async (input, caller, { storage }) => {
  const { detail, changes } = await findPlan(storage, caller, input.PlanId)
  // They never change and stand in order; their places are what a page goes by.
  const page = pageOf([...changes.entries()], ([place]) => [place, ''], input)
  return {
    ProvisionedProductPlanDetails: detail,
    ResourceChanges: page.items.map(([, change]) => change),
    NextPageToken: page.token,
  }
}
