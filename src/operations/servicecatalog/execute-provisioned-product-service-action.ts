import { runOutputs } from '../../catalog/action-outputs.ts'
import { accepted } from './accepted.ts'
import { actionRun, executedDocument } from './action-run.ts'
import { findExecutableAction } from './executable-action.ts'
import type { ServiceCatalogOperation } from './operation.ts'

/**
 * Accepts one run of a service action: record CREATED, product UNDER_CHANGE, execution and token in one transaction. What
 * can be known to be wrong now is refused now; AWS writes some of it into a FAILED record instead.
 */
export const executeProvisionedProductServiceAction: ServiceCatalogOperation<
  'ExecuteProvisionedProductServiceAction',
  'storage' | 'clock' | 'ids' | 'documents' | 'executions'
> = async (input, caller, services) => {
  const { storage, ids, executions } = services
  const found = await findExecutableAction(services, caller, input)
  const { product } = found
  const { parameters, roleArn } = actionRun(found, input.Parameters ?? {}, caller, services)
  const document = executedDocument(found, caller)
  const executionId = ids.uuidAt(services.clock.now())
  const { record, execution } = accepted(product, caller, services, {
    type: 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION',
    kind: 'automation',
    executionId,
    document,
    launchRoleArn: product.detail.LaunchRoleArn,
    roleArn,
    parameters,
    outputs: runOutputs({ id: executionId }),
    request: { serviceActionId: input.ServiceActionId, documentName: document.name, roleArn },
  })
  const answer = await storage.provisionedProducts.change(record, execution, caller.claim, {
    RecordDetail: record.detail,
  })
  executions.wake(executionId)
  return answer
}
