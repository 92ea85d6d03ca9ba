import { engineResult } from './engine-result.ts'
import type { ServiceCatalogOperation } from './operation.ts'

export const notifyTerminateProvisionedProductEngineWorkflowResult: ServiceCatalogOperation<
  'NotifyTerminateProvisionedProductEngineWorkflowResult',
  'storage' | 'clock' | 'executions'
> = (input, caller, services) => engineResult('TERMINATE_PROVISIONED_PRODUCT', input, caller, services)
