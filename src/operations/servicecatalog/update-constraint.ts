import { ConstraintParametersError, checkConstraintParameters } from '../../catalog/constraint-parameters.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'

/** The type stays; Parameters that are given must have its form. */
export const updateConstraint: ServiceCatalogOperation<'UpdateConstraint', 'storage'> = async (
  { Id, Description, Parameters },
  caller,
  { storage },
) => {
  const { detail, parameters } = await storage.constraints.update(caller.scope, Id, constraint => {
    if (Parameters !== undefined) check(constraint.detail.Type, Parameters)
    return {
      ...constraint,
      detail: { ...constraint.detail, ...(Description !== undefined && { Description }) },
      parameters: Parameters ?? constraint.parameters,
    }
  })
  return { ConstraintDetail: detail, ConstraintParameters: parameters, Status: 'AVAILABLE' }
}

function check(type: string, parameters: string): void {
  try {
    checkConstraintParameters(type, parameters)
  } catch (error) {
    if (error instanceof ConstraintParametersError) throw new InvalidParametersException(error.message)
    throw error
  }
}
