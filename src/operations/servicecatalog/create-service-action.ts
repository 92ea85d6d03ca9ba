import type { ServiceCatalogOperation } from './operation.ts'
import { checkDefinition } from './service-action-definition.ts'

export const createServiceAction: ServiceCatalogOperation<
  'CreateServiceAction',
  'storage' | 'documents' | 'clock' | 'ids'
> = async (input, caller, services) => {
  const { storage, clock, ids } = services
  const { Name, Description, DefinitionType, Definition } = input
  await checkDefinition(Definition, caller, services)
  const detail = {
    ServiceActionSummary: { Id: ids.next('serviceAction'), Name, Description, DefinitionType },
    Definition,
  }
  const action = { scope: caller.scope, detail, createdAt: clock.now() }
  return storage.serviceActions.create(action, caller.claim, { ServiceActionDetail: detail })
}
