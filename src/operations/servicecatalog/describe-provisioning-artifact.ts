import { artifactInfo } from '../../catalog/artifacts.ts'
import type { Product, ProvisioningArtifact } from '../../catalog/entities.ts'
import { InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProductAndArtifact } from './product-and-artifact.ts'

export const describeProvisioningArtifact: ServiceCatalogOperation<
  'DescribeProvisioningArtifact',
  'storage' | 'artifacts'
> = async (input, caller, { storage, artifacts }) => {
  const { product, artifact } = await find(input, caller, storage)
  const parameters = input.IncludeProvisioningArtifactParameters
    ? ((await artifacts.parameters(product, artifact)) ?? [])
    : undefined
  return {
    ProvisioningArtifactDetail: artifact.detail,
    Info: artifactInfo(artifact),
    Status: 'AVAILABLE',
    ProvisioningArtifactParameters: parameters,
  }
}

/** An artifact's id is enough; its name needs the product. */
async function find(
  input: Parameters<typeof describeProvisioningArtifact>[0],
  caller: Caller,
  storage: Services['storage'],
): Promise<{ product: Product; artifact: ProvisioningArtifact }> {
  const { ProvisioningArtifactId: id, ProvisioningArtifactName, ProductId, ProductName } = input
  if (ProductId !== undefined || ProductName !== undefined) return findProductAndArtifact(storage, caller, input)
  if (id === undefined || ProvisioningArtifactName !== undefined) {
    throw new InvalidParametersException(
      'Specify ProvisioningArtifactId, or the product together with the ID or the name of the provisioning artifact.',
    )
  }
  const artifact = await storage.artifacts.getById(caller.scope, id)
  const product = artifact && (await storage.products.get(caller.scope, artifact.productId))
  if (!artifact || !product) throw new ResourceNotFoundException(`Provisioning Artifact ${id} not found.`)
  return { product, artifact }
}
