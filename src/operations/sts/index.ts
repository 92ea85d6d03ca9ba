import type { StsOperations } from '../../model/generated/sts.ts'
import { notSupportedYet } from '../not-supported-yet.ts'
import type { Operation, Services } from '../operation.ts'
import { getCallerIdentity } from './get-caller-identity.ts'

/** Every operation of the service's model; a row that is missing does not compile. */
export const sts = {
  AssumeRole: notSupportedYet('AssumeRole', 'UnsupportedOperation'),
  GetCallerIdentity: getCallerIdentity,
} satisfies { readonly [Name in keyof StsOperations]: Operation<StsOperations[Name], keyof Services> }
