import { engineResult } from './engine-result.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const notifyProvisionProductEngineWorkflowResult: ServiceCatalogOperation<
  'NotifyProvisionProductEngineWorkflowResult',
  'storage' | 'clock' | 'executions'
> = (input, caller, services) => engineResult('PROVISION_PRODUCT', input, caller, services)
