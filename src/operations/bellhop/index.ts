import type { BellhopOperations } from '../../model/generated/bellhop.ts'
import type { Operation, Services } from '../operation.ts'
import { explainAccess } from './explain-access.ts'
import { listActivity } from './list-activity.ts'

/** Every operation of the service's model; a row that is missing does not compile. */
export const bellhop = {
  ExplainAccess: explainAccess,
  ListActivity: listActivity,
} satisfies { readonly [Name in keyof BellhopOperations]: Operation<BellhopOperations[Name], keyof Services> }
