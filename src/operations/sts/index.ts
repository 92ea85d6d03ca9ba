import type { StsOperations } from '../../model/generated/sts.ts'
import type { Operation, Services } from '../operation.ts'
import { assumeRole } from './assume-role.ts'
import { getCallerIdentity } from './get-caller-identity.ts'

/** Every operation of the service's model; a row that is missing does not compile. */
export const sts = {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
} satisfies { readonly [Name in keyof StsOperations]: Operation<StsOperations[Name], keyof Services> }
