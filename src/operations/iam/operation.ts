import type { IamOperations } from '../../model/generated/iam.ts'
import type { Operation, Services } from '../operation.ts'

/** An operation of IAM, by its name in the model. */
export type IamOperation<Name extends keyof IamOperations, Needs extends keyof Services = never> = Operation<
  IamOperations[Name],
  Needs
>
