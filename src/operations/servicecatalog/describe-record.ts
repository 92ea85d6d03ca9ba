import { InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { maySee } from './provisioned-product.ts'

const defaultSize = 20

/** The record, and its outputs page by page. */
export const describeRecord: ServiceCatalogOperation<'DescribeRecord', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const record = await storage.records.get(caller.scope, input.Id)
  if (!record) throw new ResourceNotFoundException(`Record ${input.Id} not found.`)
  const product = await storage.provisionedProducts.get(caller.scope, record.detail.ProvisionedProductId)
  // The owner of today sees all records of the product; without a product, only who asked for it.
  if (!maySee(caller, product?.userArn ?? record.userArn)) {
    throw new ResourceNotFoundException(`Record ${input.Id} not found.`)
  }
  const size = input.PageSize || defaultSize
  const start = input.PageToken ? offset(input.PageToken) : 0
  const more = start + size < record.outputs.length
  return {
    RecordDetail: record.detail,
    RecordOutputs: record.outputs.slice(start, start + size),
    NextPageToken: more ? Buffer.from(JSON.stringify([start + size])).toString('base64url') : undefined,
  }
}

function offset(token: string): number {
  try {
    const [at] = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Number.isSafeInteger(at) && at > 0) return at
  } catch {
    // Not ours; answered below like any other token that is not ours.
  }
  throw new InvalidParametersException('The page token is not valid.')
}
