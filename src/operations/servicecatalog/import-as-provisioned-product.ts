import { DuplicateResourceException, InvalidParametersException } from '../../protocol/errors.ts'
import { resolveLaunchPath } from './launch-path.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProductAndArtifact } from './product-and-artifact.ts'

/**
 * "Resource import only supports CloudFormation stack ARNs" (API reference): a stack is taken over only when its template
 * matches the version's, which nobody but an engine that can read stacks can tell. Until there is one, everything that can be
 * wrong with a request is said, and a request with nothing wrong is refused with that reason.
 */
export const importAsProvisionedProduct: ServiceCatalogOperation<'ImportAsProvisionedProduct', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { product } = await findProductAndArtifact(storage, caller, input)
  await resolveLaunchPath(storage, caller, product.id, {})
  const type = product.view.ProductViewSummary?.Type
  if (type !== 'CLOUD_FORMATION_TEMPLATE') {
    throw new InvalidParametersException(
      `Nothing can be imported as a product of type ${type}: only CloudFormation stacks can be, as products of type CLOUD_FORMATION_TEMPLATE.`,
    )
  }
  if (!/^arn:[^:]+:cloudformation:[^:]+:[0-9]{12}:stack\/[^/]+\/.+/.test(input.PhysicalId)) {
    throw new InvalidParametersException('PhysicalId must be the ARN of a CloudFormation stack.')
  }
  if (await storage.provisionedProducts.getByName(caller.scope, input.ProvisionedProductName)) {
    throw new DuplicateResourceException(`A stack named ${input.ProvisionedProductName} already exists.`)
  }
  throw new InvalidParametersException(
    'The stack cannot be imported: this server has no engine that can compare its template with the provisioning artifact.',
  )
}
