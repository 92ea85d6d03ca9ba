import type { SqsOperations } from '../../model/generated/sqs.ts'
import type { Operation, Services } from '../operation.ts'

export type SqsOperation<Name extends keyof SqsOperations, Needs extends keyof Services = never> = Operation<
  SqsOperations[Name],
  Needs
>
