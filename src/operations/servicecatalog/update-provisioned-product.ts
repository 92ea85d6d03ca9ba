import { engineDocument } from '../../catalog/engine-work.ts'
import { accepted, undeclaredState } from './accepted.ts'
import { resolveLaunchPath } from './launch-path.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProductAndArtifact, requireActive } from './product-and-artifact.ts'
import { findProvisionedProduct } from './provisioned-product.ts'
import { launchRole, provisioningValues } from './provisioning-parameters.ts'
import { tagsOfUpdate } from './provisioning-tags.ts'

export const updateProvisionedProduct: ServiceCatalogOperation<
  'UpdateProvisionedProduct',
  'storage' | 'clock' | 'ids' | 'artifacts' | 'executions'
> = async (input, caller, services) => {
  const { storage, ids, artifacts, executions } = services
  const provisioned = await findProvisionedProduct(storage, caller, {
    id: input.ProvisionedProductId,
    name: input.ProvisionedProductName,
  })
  const { product, artifact } = await findProductAndArtifact(storage, caller, {
    ...(input.ProductName
      ? { ProductName: input.ProductName }
      : { ProductId: input.ProductId ?? provisioned.detail.ProductId }),
    ...(input.ProvisioningArtifactName
      ? { ProvisioningArtifactName: input.ProvisioningArtifactName }
      : { ProvisioningArtifactId: input.ProvisioningArtifactId ?? provisioned.detail.ProvisioningArtifactId }),
  })
  const path = await resolveLaunchPath(storage, caller, product.id, {
    ...(input.PathName ? { PathName: input.PathName } : { PathId: input.PathId ?? provisioned.pathId }),
  })
  requireActive(artifact)
  const launch = { product, artifactId: artifact.detail.Id, path, given: input.Tags }
  const tags = await tagsOfUpdate(storage, caller, launch, provisioned)
  const parameters = provisioningValues(
    await artifacts.parameters(product, artifact),
    input.ProvisioningParameters ?? [],
    provisioned,
  )
  const executionId = ids.uuid()
  const { record, execution } = accepted(provisioned, caller, services, {
    type: 'UPDATE_PROVISIONED_PRODUCT',
    kind: 'engine',
    executionId,
    document: engineDocument('update'),
    artifact: { productId: product.id, id: artifact.detail.Id, pathId: path.pathId },
    launchRoleArn: provisioned.launchRoleOverride ?? launchRole(caller.scope, path.constraints),
    request: { parameters, tags },
  })
  const answer = await storage.provisionedProducts
    .change(record, execution, caller.claim, { RecordDetail: record.detail })
    .catch(undeclaredState)
  executions.wake(executionId)
  return answer
}
