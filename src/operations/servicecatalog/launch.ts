import { provisionedProductArn } from '../../catalog/arns.ts'
import { constraintEffects } from '../../catalog/constraint-parameters.ts'
import type { NotificationTargets, ProvisionedProduct } from '../../catalog/entities.ts'
import type {
  ProvisioningArtifactParameter,
  Tag,
  UpdateProvisioningParameter,
} from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import { resolveLaunchPath } from './launch-path.ts'
import { findProductAndArtifact, requireActive } from './product-and-artifact.ts'
import { launchRole, provisioningValues } from './provisioning-parameters.ts'
import { tagsOfLaunch, tagsOfUpdate } from './provisioning-tags.ts'

/** What a request says of the version, the path and what goes with them. */
interface Asked {
  readonly ProductId?: string
  readonly ProductName?: string
  readonly ProvisioningArtifactId?: string
  readonly ProvisioningArtifactName?: string
  readonly PathId?: string
  readonly PathName?: string
  readonly ProvisioningParameters?: readonly UpdateProvisioningParameter[]
  readonly Tags?: readonly Tag[]
  readonly NotificationArns?: readonly string[]
}

type Needs = Pick<Services, 'storage' | 'artifacts'>

/** What a product of each type becomes when it is provisioned, in the API's words. */
const provisionedTypes: Readonly<Record<string, string>> = {
  CLOUD_FORMATION_TEMPLATE: 'CFN_STACK',
  TERRAFORM_OPEN_SOURCE: 'TERRAFORM_OPEN_SOURCE',
  TERRAFORM_CLOUD: 'TERRAFORM_CLOUD',
  EXTERNAL: 'EXTERNAL',
}

/**
 * The provisioned product that a request asks for, in `status`, with everything checked that can be before it is accepted:
 * version, path, parameters, tags. `known` are the version's parameters, where they are known. Throws
 * ResourceNotFoundException and InvalidParametersException.
 */
export async function newLaunch(
  asked: Asked & { readonly ProvisionedProductName: string },
  caller: Caller,
  services: Needs & Pick<Services, 'clock' | 'ids'>,
  status: 'UNDER_CHANGE' | 'PLAN_IN_PROGRESS',
  token: string,
): Promise<{ provisioned: ProvisionedProduct; known: readonly ProvisioningArtifactParameter[] | undefined }> {
  const { storage, artifacts, clock, ids } = services
  const { product, artifact } = await findProductAndArtifact(storage, caller, asked)
  const path = await resolveLaunchPath(storage, caller, product.id, asked)
  requireActive(artifact)
  if (artifact.detail.Guidance === 'DEPRECATED') {
    throw new InvalidParametersException(
      `Provisioning artifact ${artifact.detail.Id} is deprecated: what has been provisioned with it can be updated, but nothing new can be launched.`,
    )
  }
  const type = provisionedTypes[product.view.ProductViewSummary?.Type ?? '']
  if (!type) {
    throw new InvalidParametersException(
      `Products of type ${product.view.ProductViewSummary?.Type} cannot be provisioned.`,
    )
  }
  const known = await artifacts.parameters(product, artifact)
  const parameters = provisioningValues(known, asked.ProvisioningParameters ?? [])
  const id = ids.next('provisionedProduct')
  const arn = provisionedProductArn(caller.scope, asked.ProvisionedProductName, id)
  const launch = { product, artifactId: artifact.detail.Id, path, given: asked.Tags }
  const provisioned: ProvisionedProduct = {
    scope: caller.scope,
    userArn: caller.arn,
    userArnSession: caller.arn,
    pathId: path.pathId,
    tags: await tagsOfLaunch(storage, caller, launch, arn),
    parameters,
    outputs: [],
    resources: [],
    notifications: {
      given: asked.NotificationArns ?? [],
      ofConstraints: constraintEffects(path.constraints).notificationArns,
    },
    detail: {
      Name: asked.ProvisionedProductName,
      Arn: arn,
      Type: type,
      Id: id,
      Status: status,
      CreatedTime: clock.now(),
      IdempotencyToken: token,
      ProductId: product.id,
      ProvisioningArtifactId: artifact.detail.Id,
      LaunchRoleArn: launchRole(caller.scope, path.constraints),
    },
  }
  return { provisioned, known }
}

export interface UpdateLaunch {
  readonly artifact: { readonly productId: string; readonly id: string; readonly pathId: string }
  readonly parameters: Readonly<Record<string, string>>
  readonly tags: readonly Tag[]
  readonly launchRoleArn: string | undefined
  readonly notifications: NotificationTargets
  readonly known: readonly ProvisioningArtifactParameter[] | undefined
}

/** What a request makes of a product that is there; what it does not name stays as it is. Throws as newLaunch. */
export async function updateLaunch(
  asked: Asked,
  provisioned: ProvisionedProduct,
  caller: Caller,
  { storage, artifacts }: Needs,
): Promise<UpdateLaunch> {
  const { product, artifact } = await findProductAndArtifact(storage, caller, {
    ...(asked.ProductName
      ? { ProductName: asked.ProductName }
      : { ProductId: asked.ProductId ?? provisioned.detail.ProductId }),
    ...(asked.ProvisioningArtifactName
      ? { ProvisioningArtifactName: asked.ProvisioningArtifactName }
      : { ProvisioningArtifactId: asked.ProvisioningArtifactId ?? provisioned.detail.ProvisioningArtifactId }),
  })
  const path = await resolveLaunchPath(storage, caller, product.id, {
    ...(asked.PathName ? { PathName: asked.PathName } : { PathId: asked.PathId ?? provisioned.pathId }),
  })
  requireActive(artifact)
  const launch = { product, artifactId: artifact.detail.Id, path, given: asked.Tags }
  const tags = await tagsOfUpdate(storage, caller, launch, provisioned)
  const known = await artifacts.parameters(product, artifact)
  return {
    artifact: { productId: product.id, id: artifact.detail.Id, pathId: path.pathId },
    parameters: provisioningValues(known, asked.ProvisioningParameters ?? [], provisioned),
    tags,
    launchRoleArn: provisioned.launchRoleOverride ?? launchRole(caller.scope, path.constraints),
    notifications: {
      given: asked.NotificationArns ?? provisioned.notifications?.given ?? [],
      ofConstraints: constraintEffects(path.constraints).notificationArns,
    },
    known,
  }
}
