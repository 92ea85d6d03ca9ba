import { provisionedProductArn } from '../../catalog/arns.ts'
import { engineDocument } from '../../catalog/engine-work.ts'
import type { ProvisionedProduct } from '../../catalog/entities.ts'
import { DuplicateResourceException, InvalidParametersException } from '../../protocol/errors.ts'
import { accepted, begin } from './accepted.ts'
import { resolveLaunchPath } from './launch-path.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProductAndArtifact, requireActive } from './product-and-artifact.ts'

/**
 * A CloudFormation stack becomes a provisioned product, as it is: its template must be the version's. Constraints take
 * effect with the first update, as on AWS. What can be wrong is said at once; the stack is looked at again by the record's
 * execution, which takes over what it puts out and is made of.
 */
export const importAsProvisionedProduct: ServiceCatalogOperation<
  'ImportAsProvisionedProduct',
  'storage' | 'clock' | 'ids' | 'engines' | 'executions'
> = async (input, caller, services) => {
  const { storage, clock, ids, engines } = services
  const { product, artifact } = await findProductAndArtifact(storage, caller, input)
  const { pathId } = await resolveLaunchPath(storage, caller, product.id, {})
  const type = product.view.ProductViewSummary?.Type
  if (type !== 'CLOUD_FORMATION_TEMPLATE') {
    throw new InvalidParametersException(
      `Nothing can be imported as a product of type ${type}: only CloudFormation stacks can be, as products of type CLOUD_FORMATION_TEMPLATE.`,
    )
  }
  requireActive(artifact)
  const { ProvisionedProductName: name, PhysicalId: physicalId } = input
  if (!/^arn:[^:]+:cloudformation:[^:]+:[0-9]{12}:stack\/[^/]+\/.+/.test(physicalId)) {
    throw new InvalidParametersException('PhysicalId must be the ARN of a CloudFormation stack.')
  }
  if (await storage.provisionedProducts.getByName(caller.scope, name)) {
    throw new DuplicateResourceException(`A stack named ${name} already exists.`)
  }
  const owner = await storage.provisionedProducts.withOutput(caller.scope, physicalId)
  if (owner) throw new DuplicateResourceException(`The stack ${physicalId} is that of provisioned product ${owner}.`)
  const id = ids.next('provisionedProduct')
  const provisioned: ProvisionedProduct = {
    scope: caller.scope,
    userArn: caller.arn,
    userArnSession: caller.arn,
    pathId,
    tags: [],
    parameters: {},
    outputs: [],
    resources: [],
    detail: {
      Name: name,
      Arn: provisionedProductArn(caller.scope, name, id),
      Type: 'CFN_STACK',
      Id: id,
      Status: 'UNDER_CHANGE',
      CreatedTime: clock.now(),
      IdempotencyToken: input.IdempotencyToken,
      ProductId: product.id,
      ProvisioningArtifactId: artifact.detail.Id,
    },
  }
  const parameters = await engines.checkImport(provisioned, physicalId)
  const executionId = ids.uuidAt(clock.now())
  const made = accepted(provisioned, caller, services, {
    type: 'PROVISION_PRODUCT',
    kind: 'engine',
    executionId,
    document: engineDocument('import'),
    request: { parameters, tags: [], physicalId },
  })
  return begin(provisioned, made, caller.claim, services)
}
