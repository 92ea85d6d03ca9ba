import { ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const describeConstraint: ServiceCatalogOperation<'DescribeConstraint', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const constraint = await storage.constraints.get(caller.scope, input.Id)
  if (!constraint) throw new ResourceNotFoundException(`Constraint ${input.Id} not found.`)
  return {
    ConstraintDetail: constraint.detail,
    ConstraintParameters: constraint.parameters,
    Status: 'AVAILABLE',
  }
}
