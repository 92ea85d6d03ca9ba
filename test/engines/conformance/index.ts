import { cloudFormation } from './cloudformation.ts'
import { external, terraformQueues } from './external.ts'
import type { Subject } from './subject.ts'
import { terraform } from './terraform.ts'

/** Every engine, as docs/engines-conformance.md shows them. */
export const families: Readonly<Record<string, readonly Subject[]>> = {
  EXTERNAL: external,
  Terraform: [...terraform, ...terraformQueues],
  CloudFormation: cloudFormation,
}

export const subjects: readonly Subject[] = Object.values(families).flat()
