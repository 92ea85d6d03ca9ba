import type { ServiceCatalogOperation } from './operation.ts'
import { checkDefinition } from './service-action-definition.ts'

/** A Definition that is given takes the place of the old one as a whole, so that a role can be taken away too. */
export const updateServiceAction: ServiceCatalogOperation<'UpdateServiceAction', 'storage' | 'documents'> = async (
  input,
  caller,
  services,
) => {
  const { Id, Name, Description, Definition } = input
  if (Definition) await checkDefinition(Definition, caller, services)
  const { detail } = await services.storage.serviceActions.update(caller.scope, Id, action => ({
    ...action,
    detail: {
      ServiceActionSummary: {
        ...action.detail.ServiceActionSummary,
        ...(Name !== undefined && { Name }),
        ...(Description !== undefined && { Description }),
      },
      Definition: Definition ?? action.detail.Definition,
    },
  }))
  return { ServiceActionDetail: detail }
}
