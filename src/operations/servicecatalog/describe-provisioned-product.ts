import type { ServiceCatalogOperation } from './operation.ts'
import { findProvisionedProduct } from './provisioned-product.ts'

export const describeProvisionedProduct: ServiceCatalogOperation<'DescribeProvisionedProduct', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const product = await findProvisionedProduct(storage, caller, { id: input.Id, name: input.Name })
  return { ProvisionedProductDetail: product.detail, CloudWatchDashboards: [] }
}
