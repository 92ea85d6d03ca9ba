import bellhop from './facts/bellhop.json' with { type: 'json' }
import iam from './facts/iam.json' with { type: 'json' }
import servicecatalog from './facts/servicecatalog.json' with { type: 'json' }
import servicecatalogPaginators from './facts/servicecatalog-paginators.json' with { type: 'json' }
import sqs from './facts/sqs.json' with { type: 'json' }
import ssm from './facts/ssm-automation.json' with { type: 'json' }
import sts from './facts/sts.json' with { type: 'json' }
import type { ServiceModel } from './service-model.ts'

export type ServiceName = 'servicecatalog' | 'ssm' | 'sqs' | 'sts' | 'iam' | 'bellhop'

/**
 * The services Bellhop speaks, by the name that clients sign with (the credential scope's service), which is also the
 * command's name in the CLI. Source: botocore 1.43.11's models, see facts/ and NOTICE. `bellhop` is our own: what AWS has
 * no operation for.
 */
export const services: Readonly<Record<ServiceName, ServiceModel>> = {
  servicecatalog: servicecatalog as unknown as ServiceModel,
  ssm: ssm as unknown as ServiceModel,
  sqs: sqs as unknown as ServiceModel,
  sts: sts as unknown as ServiceModel,
  iam: iam as unknown as ServiceModel,
  bellhop: bellhop as unknown as ServiceModel,
}

export interface Paginator {
  readonly input_token: string
  readonly output_token: string
  readonly limit_key?: string
  readonly result_key: string | readonly string[]
}

/** botocore's paginators; an operation without a row here is not paged automatically, though it may take PageToken. */
export const paginators: Readonly<Partial<Record<ServiceName, Readonly<Record<string, Paginator>>>>> = {
  servicecatalog: (servicecatalogPaginators as unknown as { pagination: Record<string, Paginator> }).pagination,
}
