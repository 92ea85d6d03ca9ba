import { provisionedProductArn } from '../../catalog/arns.ts'
import { engineDocument } from '../../catalog/engine-work.ts'
import type { ProvisionedProduct } from '../../catalog/entities.ts'
import { underChange } from '../../catalog/lifecycle.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import { accepted } from './accepted.ts'
import { resolveLaunchPath } from './launch-path.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProductAndArtifact, requireActive } from './product-and-artifact.ts'
import { launchRole, provisioningValues } from './provisioning-parameters.ts'
import { tagsOfLaunch } from './provisioning-tags.ts'

/** What a product of each type becomes when it is provisioned, in the API's words. */
const provisionedTypes: Readonly<Record<string, string>> = {
  CLOUD_FORMATION_TEMPLATE: 'CFN_STACK',
  TERRAFORM_OPEN_SOURCE: 'TERRAFORM_OPEN_SOURCE',
  TERRAFORM_CLOUD: 'TERRAFORM_CLOUD',
  EXTERNAL: 'EXTERNAL',
}

export const provisionProduct: ServiceCatalogOperation<
  'ProvisionProduct',
  'storage' | 'clock' | 'ids' | 'artifacts' | 'executions'
> = async (input, caller, services) => {
  const { storage, clock, ids, artifacts, executions } = services
  const { product, artifact } = await findProductAndArtifact(storage, caller, input)
  const path = await resolveLaunchPath(storage, caller, product.id, input)
  requireActive(artifact)
  if (artifact.detail.Guidance === 'DEPRECATED') {
    throw new InvalidParametersException(
      `Provisioning artifact ${artifact.detail.Id} is deprecated: what has been provisioned with it can be updated, but nothing new can be launched.`,
    )
  }
  const type = provisionedTypes[product.view.ProductViewSummary?.Type ?? '']
  if (!type)
    throw new InvalidParametersException(
      `Products of type ${product.view.ProductViewSummary?.Type} cannot be provisioned.`,
    )
  const parameters = provisioningValues(
    await artifacts.parameters(product, artifact),
    input.ProvisioningParameters ?? [],
  )
  const id = ids.next('provisionedProduct')
  const executionId = ids.uuid()
  const launchRoleArn = launchRole(caller.scope, path.constraints)
  const arn = provisionedProductArn(caller.scope, input.ProvisionedProductName, id)
  const launch = { product, artifactId: artifact.detail.Id, path, given: input.Tags }
  const tags = await tagsOfLaunch(storage, caller, launch, arn)
  const provisioned: ProvisionedProduct = {
    scope: caller.scope,
    userArn: caller.arn,
    userArnSession: caller.arn,
    pathId: path.pathId,
    tags,
    parameters,
    outputs: [],
    resources: [],
    detail: {
      Name: input.ProvisionedProductName,
      Arn: arn,
      Type: type,
      Id: id,
      Status: 'UNDER_CHANGE',
      CreatedTime: clock.now(),
      IdempotencyToken: input.ProvisionToken,
      ProductId: product.id,
      ProvisioningArtifactId: artifact.detail.Id,
      LaunchRoleArn: launchRoleArn,
    },
  }
  const { record, execution } = accepted(provisioned, caller, services, {
    type: 'PROVISION_PRODUCT',
    kind: 'engine',
    executionId,
    document: engineDocument('provision'),
    launchRoleArn,
    request: { parameters, tags },
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
