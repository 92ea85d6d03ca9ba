import type { SsmOperations } from '../../model/generated/ssm.ts'
import type { Operation, Services } from '../operation.ts'

export type SsmOperation<Name extends keyof SsmOperations, Needs extends keyof Services = never> = Operation<
  SsmOperations[Name],
  Needs
>
