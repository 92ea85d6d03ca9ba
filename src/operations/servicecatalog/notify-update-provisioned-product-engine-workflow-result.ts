import { engineResult } from './engine-result.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const notifyUpdateProvisionedProductEngineWorkflowResult: ServiceCatalogOperation<
  'NotifyUpdateProvisionedProductEngineWorkflowResult',
  'storage' | 'clock' | 'executions'
> = (input, caller, services) => engineResult('UPDATE_PROVISIONED_PRODUCT', input, caller, services)
