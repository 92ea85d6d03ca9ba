import { runOutputs } from '../../catalog/action-outputs.ts'
import { takenOver } from '../../catalog/execution.ts'
import type { BellhopOperations } from '../../model/generated/bellhop.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Operation } from '../operation.ts'
import { accepted } from '../servicecatalog/accepted.ts'
import { executedDocument } from '../servicecatalog/action-run.ts'
import { findResumableRun } from './resumable-run.ts'

/**
 * Accepts a run of a service action that goes on with one that failed, from the step at which it did: under a record of its own,
 * with what the steps before had come to. SSM has nothing of the kind for executions that have ended.
 */
export const resumeServiceAction: Operation<
  BellhopOperations['ResumeServiceAction'],
  'storage' | 'clock' | 'ids' | 'documents' | 'executions'
> = async ({ RecordId, StepName }, caller, services) => {
  const { storage, clock, ids, executions } = services
  const {
    found,
    serviceActionId,
    execution: before,
    roleArn,
    stepName,
    taken,
  } = await findResumableRun(services, caller, RecordId)
  if (StepName !== undefined && StepName !== stepName) {
    throw new InvalidParametersException(`Record ${RecordId} is resumed from step ${stepName}, not from ${StepName}.`)
  }
  const executionId = ids.uuidAt(clock.now())
  const resumes = { executionId: before.id, recordId: RecordId, stepName }
  const { record, execution } = accepted(found.product, caller, services, {
    type: 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION',
    kind: 'automation',
    executionId,
    document: executedDocument(found, caller),
    launchRoleArn: found.product.detail.LaunchRoleArn,
    roleArn,
    parameters: before.parameters,
    outputs: runOutputs({ id: executionId, resumes }),
    request: { serviceActionId, documentName: before.document.name, roleArn },
  })
  const answer = await storage.provisionedProducts.resume(
    record,
    { ...execution, resumes },
    takenOver(taken, executionId, () => ids.uuidAt(clock.now())),
    caller.claim,
    { RecordDetail: record.detail },
  )
  executions.wake(executionId)
  return answer
}
