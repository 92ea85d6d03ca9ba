import { engineDocument } from '../../catalog/engine-work.ts'
import { accepted, begin } from './accepted.ts'
import { newLaunch } from './launch.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const provisionProduct: ServiceCatalogOperation<
  'ProvisionProduct',
  'storage' | 'clock' | 'ids' | 'artifacts' | 'ruleAttributes' | 'executions'
> = async (input, caller, services) => {
  const { provisioned, stackSet } = await newLaunch(input, caller, services, 'UNDER_CHANGE', input.ProvisionToken)
  const { parameters, tags } = provisioned
  const made = accepted(provisioned, caller, services, {
    type: 'PROVISION_PRODUCT',
    kind: 'engine',
    executionId: services.ids.uuidAt(services.clock.now()),
    document: engineDocument('provision'),
    request: { parameters, tags, ...stackSet },
  })
  return begin(provisioned, made, caller.claim, services)
}
