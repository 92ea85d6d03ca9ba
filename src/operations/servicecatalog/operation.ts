import type { ServiceCatalogOperations } from '../../model/generated/servicecatalog.ts'
import type { Operation, Services } from '../operation.ts'

export type ServiceCatalogOperation<
  Name extends keyof ServiceCatalogOperations,
  Needs extends keyof Services = never,
> = Operation<ServiceCatalogOperations[Name], Needs>
