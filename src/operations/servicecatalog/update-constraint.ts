import { ResourceNotFoundException } from '../../protocol/errors.ts'
import { checkConstraint } from './constraint-check.ts'
import type { ServiceCatalogOperation } from './operation.ts'

/** The type stays; Parameters that are given must have its form. */
export const updateConstraint: ServiceCatalogOperation<'UpdateConstraint', 'storage'> = async (
  { Id, Description, Parameters },
  caller,
  { storage },
) => {
  const there = await storage.constraints.get(caller.scope, Id)
  if (!there) throw new ResourceNotFoundException(`Constraint ${Id} not found.`)
  if (Parameters !== undefined) await checkConstraint(storage, caller, there.detail.Type, Parameters)
  const { detail, parameters } = await storage.constraints.update(caller.scope, Id, constraint => ({
    ...constraint,
    detail: { ...constraint.detail, ...(Description !== undefined && { Description }) },
    parameters: Parameters ?? constraint.parameters,
  }))
  return { ConstraintDetail: detail, ConstraintParameters: parameters, Status: 'AVAILABLE' }
}
