import { InvalidParametersException } from '../../protocol/errors.ts'
import { pageOf } from '../paging.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProvisionedProduct } from './provisioned-product.ts'

/** What the last successful provisioning put out, by key: all of it, or the keys that are asked for. */
export const getProvisionedProductOutputs: ServiceCatalogOperation<'GetProvisionedProductOutputs', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { outputs } = await findProvisionedProduct(storage, caller, {
    id: input.ProvisionedProductId,
    name: input.ProvisionedProductName,
  })
  const wanted = input.OutputKeys?.length ? new Set(input.OutputKeys) : undefined
  const known = new Set(outputs.map(({ OutputKey }) => OutputKey))
  const strange = [...(wanted ?? [])].filter(key => !known.has(key))
  if (strange.length > 0) {
    throw new InvalidParametersException(`Output keys [${strange.join(', ')}] do not exist in the provisioned product.`)
  }
  const found = outputs.filter(({ OutputKey }) => !wanted || wanted.has(OutputKey ?? ''))
  const page = pageOf(found, ({ OutputKey = '' }) => [OutputKey, OutputKey], input)
  return { Outputs: page.items, NextPageToken: page.token }
}
