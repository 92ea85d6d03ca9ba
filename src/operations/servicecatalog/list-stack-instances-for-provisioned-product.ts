import type { StackInstance, StackInstanceStatus } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import { pageOf } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProvisionedProduct } from './provisioned-product.ts'

/** The resources that an engine of type CFN_STACKSET reports for its instances, with the physical id ACCOUNT/REGION. */
const instanceType = 'AWS::CloudFormation::StackInstance'

export const listStackInstancesForProvisionedProduct: ServiceCatalogOperation<
  'ListStackInstancesForProvisionedProduct',
  'storage'
> = async (input, caller, { storage }) => {
  const { detail, resources } = await findProvisionedProduct(storage, caller, { id: input.ProvisionedProductId })
  if (detail.Type !== 'CFN_STACKSET') {
    throw new InvalidParametersException(
      `Provisioned product ${detail.Id} is of type ${detail.Type}; only products of type CFN_STACKSET have stack instances.`,
    )
  }
  const instances = resources
    .filter(({ type }) => type === instanceType)
    .map(({ physicalId, status }): StackInstance => {
      const [Account, Region] = physicalId.split('/')
      return { Account, Region, StackInstanceStatus: (status ?? 'CURRENT') as StackInstanceStatus }
    })
  const page = pageOf(instances, ({ Account = '', Region = '' }) => [Account, Region], input)
  return { StackInstances: page.items, NextPageToken: page.token }
}
