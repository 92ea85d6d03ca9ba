import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const describeServiceAction: ServiceCatalogOperation<'DescribeServiceAction', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const action = await storage.serviceActions.get(caller.scope, input.Id)
  if (!action) throw new ResourceNotFoundException(`Service action ${input.Id} not found.`)
  return { ServiceActionDetail: action.detail }
}
