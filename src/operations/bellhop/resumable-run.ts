import type { CatalogRecord } from '../../catalog/entities.ts'
import type { Execution, StepExecution } from '../../catalog/execution.ts'
import { definedParameters } from '../../catalog/service-action-parameters.ts'
import { InvalidParametersException, InvalidStateException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import { actionRun } from '../servicecatalog/action-run.ts'
import { findRecord } from '../servicecatalog/describe-record.ts'
import { type ExecutableAction, findExecutableAction } from '../servicecatalog/executable-action.ts'

/** A run of a service action that failed and can be gone on with, and all that the next one is made of. */
export interface ResumableRun {
  readonly found: ExecutableAction
  readonly serviceActionId: string
  readonly execution: Execution
  readonly roleArn: string | undefined
  /** The step that it is gone on with from. */
  readonly stepName: string
  /** The rows that are taken over. */
  readonly taken: readonly StepExecution[]
}

/**
 * The run behind a record, if it can be gone on with: it failed at a step, its execution is still there, and the same document
 * with the same parameters would be run on the same product, which was not provisioned anew since. Throws
 * ResourceNotFoundException where the caller may not see or run it, and InvalidStateException, saying what stands in the way.
 */
export async function findResumableRun(
  services: Pick<Services, 'storage' | 'documents' | 'clock'>,
  caller: Caller,
  recordId: string,
): Promise<ResumableRun> {
  const { storage, documents, clock } = services
  const record = await findRecord(storage, caller, recordId)
  const refuse = (why: string) => new InvalidStateException(`Record ${recordId} cannot be resumed: ${why}`)
  const { serviceActionId } = record.request
  if (record.detail.RecordType !== 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION' || serviceActionId === undefined) {
    throw new InvalidParametersException(`Record ${recordId} is of no service action.`)
  }
  if (record.detail.Status !== 'FAILED') throw refuse(`it did not fail, but is ${record.detail.Status}.`)
  const found = await findExecutableAction(services, caller, {
    ProvisionedProductId: record.detail.ProvisionedProductId,
    ServiceActionId: serviceActionId,
  })
  const execution = await storage.executions.get(record.executionId)
  if (!execution) throw refuse('its execution is no longer kept.')
  if (execution.status !== 'Failed' && execution.status !== 'TimedOut') {
    throw refuse(`its execution ended as ${execution.status}.`)
  }
  const resumedBy = await storage.executions.resumedBy(execution.id)
  if (resumedBy !== undefined) throw refuse(`it was resumed already, as ${resumedBy}.`)
  if (await changedSince(record, found, services)) throw refuse('the product was provisioned or updated since.')
  const { content, version } = found.document
  if (execution.document.content !== content) {
    throw refuse(`the action's document is another one now, ${found.document.name} version ${version}.`)
  }
  const roleArn = sameRun(execution, found, caller, services, refuse)
  const point = documents.resumePoint(execution, await storage.executions.steps(execution.id), clock.now())
  if ('problem' in point) throw refuse(point.problem)
  return { found, serviceActionId, execution, roleArn, ...point }
}

async function changedSince(
  { scope, detail }: CatalogRecord,
  { product }: ExecutableAction,
  { storage }: Pick<Services, 'storage'>,
): Promise<boolean> {
  const { LastProvisioningRecordId, ProvisioningArtifactId } = product.detail
  if (ProvisioningArtifactId !== detail.ProvisioningArtifactId) return true
  const last = await storage.records.get(scope, LastProvisioningRecordId ?? '')
  return last !== undefined && last.detail.CreatedTime >= detail.CreatedTime
}

/** The role that steps act as; refused where parameters or role would be others than they were. */
function sameRun(
  execution: Execution,
  found: ExecutableAction,
  caller: Caller,
  services: Pick<Services, 'documents'>,
  refuse: (why: string) => Error,
): string | undefined {
  const defined = new Set(definedParameters(found.definition.Parameters).map(({ Name }) => Name))
  const given = Object.entries(execution.parameters).filter(([name]) => defined.has(name))
  const { parameters, roleArn } = actionRun(found, Object.fromEntries(given), caller, services)
  for (const [name, value] of Object.entries(parameters)) {
    if (JSON.stringify(value) !== JSON.stringify(execution.parameters[name])) {
      throw refuse(`parameter ${name} would be another one now.`)
    }
  }
  if (roleArn !== undefined && roleArn !== execution.roleArn) throw refuse(`it would act as ${roleArn} now.`)
  // One that the document found in the parameter store, its author chose.
  return roleArn ?? execution.roleArn
}
