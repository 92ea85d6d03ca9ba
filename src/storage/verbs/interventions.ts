import type { Intervention } from '../../catalog/activity.ts'
import type { Execution } from '../../catalog/execution.ts'
import { ownerRole } from '../../catalog/owner.ts'
import { toJson } from '../json.ts'
import { db, run, type Steps } from '../verb.ts'
import { getExecution } from './executions.ts'
import { ownerColumns } from './owned.ts'
import { getRecord } from './records.ts'
import { scopeColumns } from './scoped.ts'

/** What is known of an intervention where it is made; the rest the execution tells. */
export type Done = Pick<Intervention, 'id' | 'type' | 'by' | 'at' | 'stepName' | 'comment'>

/** Writes down that somebody did something to an execution. */
export function* insertIntervention(execution: Execution, done: Done): Steps<void> {
  const { scope, recordId } = yield* beginning(execution)
  const record = recordId === undefined ? undefined : yield* getRecord(scope, recordId)
  const intervention: Intervention = {
    ...done,
    scope: execution.scope,
    executionId: execution.id,
    documentName: execution.document.name,
    startedBy: execution.executedBy,
    roleArn: execution.roleArn,
    recordId,
    provisionedProductId: record?.detail.ProvisionedProductId,
    provisionedProductName: record?.detail.ProvisionedProductName,
    productId: record?.detail.ProductId,
  }
  yield* run(
    db.insertInto('interventions').values({
      ...scopeColumns(execution.scope),
      ...ownerColumns(execution.executedBy),
      id: done.id,
      created_at: done.at.getTime(),
      type: done.type,
      sent_by: done.by,
      sender_role: ownerRole(done.by) ?? null,
      provisioned_product_id: intervention.provisionedProductId ?? null,
      product_id: intervention.productId ?? null,
      data: toJson(intervention),
    }),
  )
}

/** The execution that all of them began with: steps start executions, and the record is the first one's. */
function* beginning(execution: Execution): Steps<Execution> {
  let first = execution
  while (first.parent) {
    const above = yield* getExecution(first.parent.executionId)
    if (!above) break
    first = above
  }
  return first
}
