import type { ServiceName } from '../model/services.ts'
import { bellhop } from './bellhop/index.ts'
import { iam } from './iam/index.ts'
import { servicecatalog } from './servicecatalog/index.ts'
import { sqs } from './sqs/index.ts'
import { ssm } from './ssm/index.ts'
import { sts } from './sts/index.ts'

/** Every operation Bellhop answers, by service and name. */
export const operations = { bellhop, iam, servicecatalog, sqs, ssm, sts } as const satisfies {
  readonly [Name in ServiceName]: object
}
