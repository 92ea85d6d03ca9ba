import type { ProvisionedProduct } from '../../catalog/entities.ts'
import { launchPathId } from '../../catalog/ids.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import { requirePassRole } from '../pass-role.ts'
import { accepted } from './accepted.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { findProvisionedProduct } from './provisioned-product.ts'
import { launchRole as roleOfConstraints } from './provisioning-parameters.ts'

const principal = /^arn:aws[a-z-]*:(iam|sts)::\d{12}:(user|role|assumed-role|root)\b.*$/
const role = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/

/** Changes who owns a product or which role works on it. Takes effect at once; the record says who did it. */
export const updateProvisionedProductProperties: ServiceCatalogOperation<
  'UpdateProvisionedProductProperties',
  'storage' | 'clock' | 'ids'
> = async (input, caller, services) => {
  const { storage, ids } = services
  const { OWNER: owner, LAUNCH_ROLE: launchRole } = input.ProvisionedProductProperties
  const provisioned = await findProvisionedProduct(storage, caller, { id: input.ProvisionedProductId })
  if (!caller.administrator) {
    throw new InvalidParametersException('Only an administrator may change the properties of a provisioned product.')
  }
  if (owner !== undefined && !principal.test(owner)) {
    throw new InvalidParametersException(`OWNER must be the ARN of an IAM user or role, not ${owner}.`)
  }
  if (launchRole !== undefined && launchRole !== '' && !role.test(launchRole)) {
    throw new InvalidParametersException(`LAUNCH_ROLE must be the ARN of an IAM role, not ${launchRole}.`)
  }
  if (launchRole) requirePassRole(caller, launchRole, 'servicecatalog.amazonaws.com')
  // An empty value takes the override away: the product is back under the constraint of its launch path.
  const ofConstraint = launchRole === '' ? await roleOfPath(storage, provisioned) : undefined
  const { record } = accepted(provisioned, caller, services, {
    type: 'UPDATE_PROVISIONED_PRODUCT',
    kind: 'engine',
    executionId: ids.uuid(),
    document: { name: '', version: '', content: '' },
    request: {},
  })
  const done = { ...record, detail: { ...record.detail, Status: 'SUCCEEDED' as const } }
  const change = (product: ProvisionedProduct): ProvisionedProduct => ({
    ...product,
    userArn: owner ?? product.userArn,
    userArnSession: owner ?? product.userArnSession,
    launchRoleOverride: launchRole === undefined ? product.launchRoleOverride : launchRole || undefined,
    detail: {
      ...product.detail,
      LastRecordId: done.detail.RecordId,
      LaunchRoleArn: launchRole === undefined ? product.detail.LaunchRoleArn : launchRole || ofConstraint,
    },
  })
  return storage.provisionedProducts.modify(caller.scope, provisioned.detail.Id, change, done, caller.claim, {
    ProvisionedProductId: provisioned.detail.Id,
    ProvisionedProductProperties: input.ProvisionedProductProperties,
    RecordId: done.detail.RecordId,
    Status: 'SUCCEEDED',
  })
}

/** The role of the launch constraint on the path that a product came by; undefined when path or constraint is gone. */
async function roleOfPath(
  storage: Storage,
  { scope, pathId, detail }: ProvisionedProduct,
): Promise<string | undefined> {
  const portfolios = await storage.portfolios.withPrincipals(scope, detail.ProductId)
  const found = portfolios.find(({ portfolio }) => launchPathId(portfolio.detail.Id) === pathId)?.portfolio
  if (!found) return undefined
  return roleOfConstraints(scope, await storage.constraints.ofProduct(found.scope, found.detail.Id, detail.ProductId))
}
