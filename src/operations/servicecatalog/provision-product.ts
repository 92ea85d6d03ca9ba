import { engineDocument } from '../../catalog/engine-work.ts'
import { underChange } from '../../catalog/lifecycle.ts'
import { accepted } from './accepted.ts'
import { newLaunch } from './launch.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const provisionProduct: ServiceCatalogOperation<
  'ProvisionProduct',
  'storage' | 'clock' | 'ids' | 'artifacts' | 'ruleAttributes' | 'executions'
> = async (input, caller, services) => {
  const { storage, ids, executions } = services
  const { provisioned, stackSet } = await newLaunch(input, caller, services, 'UNDER_CHANGE', input.ProvisionToken)
  const { parameters, tags } = provisioned
  const executionId = ids.uuid()
  const { record, execution } = accepted(provisioned, caller, services, {
    type: 'PROVISION_PRODUCT',
    kind: 'engine',
    executionId,
    document: engineDocument('provision'),
    request: { parameters, tags, ...stackSet },
  })
  const answer = await storage.provisionedProducts.create(
    { ...underChange(provisioned, record), statusBefore: undefined },
    record,
    execution,
    caller.claim,
    { RecordDetail: record.detail },
  )
  executions.wake(executionId)
  return answer
}
