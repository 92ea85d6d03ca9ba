import {
  ConstraintParametersError,
  checkConstraintParameters,
  rolesOfConstraint,
} from '../../catalog/constraint-parameters.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Caller } from '../operation.ts'
import { requirePassRole, requirePassRoleNamed } from '../pass-role.ts'

/**
 * Checks a constraint's Parameters: they have the type's form, and the caller may pass the roles in them. Throws
 * InvalidParametersException and AccessDeniedException.
 */
export async function checkConstraint(
  storage: Storage,
  caller: Caller,
  type: string,
  parameters: string,
): Promise<void> {
  try {
    checkConstraintParameters(type, parameters)
  } catch (error) {
    if (error instanceof ConstraintParametersError) throw new InvalidParametersException(error.message)
    throw error
  }
  for (const role of rolesOfConstraint(type, parameters)) {
    if ('arn' in role) requirePassRole(caller, role.arn, 'servicecatalog.amazonaws.com')
    else await requirePassRoleNamed(storage, caller, role.name, 'servicecatalog.amazonaws.com')
  }
}
