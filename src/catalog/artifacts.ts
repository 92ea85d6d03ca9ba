import type {
  ProductType,
  ProvisioningArtifactDetail,
  ProvisioningArtifactProperties,
  ProvisioningArtifactType,
  Status,
} from '../model/generated/servicecatalog.ts'
import type { ProvisioningArtifact } from './entities.ts'
import type { Scope } from './scope.ts'

/**
 * A product's status as AWS answers it. The model's enumeration lacks it; the AWS CLI's examples and Terraform's provider
 * have it.
 */
export const productCreated = 'CREATED' as string as Status

/** Products of other types are MARKETPLACE, which only AWS Marketplace makes. */
type OwnType = Exclude<ProductType, 'MARKETPLACE'>

export function isOwnProductType(type: ProductType): type is OwnType {
  return type !== 'MARKETPLACE'
}

/** Properties that an artifact cannot have; the message is for the caller. */
export class ArtifactPropertiesError extends Error {}

/**
 * A new provisioning artifact of a product. Its type is the product's: CLOUD_FORMATION_TEMPLATE unless another was chosen.
 * Throws ArtifactPropertiesError.
 */
export function newArtifact(
  scope: Scope,
  product: { readonly id: string; readonly type: ProductType },
  properties: ProvisioningArtifactProperties,
  id: string,
  now: Date,
): ProvisioningArtifact {
  const type = artifactType(product.type, properties.Type)
  const info = checkInfo(properties.Info ?? {}, type)
  const detail: ProvisioningArtifactDetail & { readonly Id: string; readonly CreatedTime: Date } = {
    Id: id,
    Name: properties.Name,
    Description: properties.Description,
    Type: type,
    CreatedTime: now,
    Active: true,
    Guidance: 'DEFAULT',
  }
  return { scope, productId: product.id, detail, info }
}

/** Info as AWS answers it: by the names TemplateUrl and PhysicalId, not by those it was given under. */
export function artifactInfo(artifact: ProvisioningArtifact): Record<string, string> {
  const { LoadTemplateFromURL, ImportFromPhysicalId } = artifact.info
  return LoadTemplateFromURL === undefined
    ? { PhysicalId: ImportFromPhysicalId ?? '' }
    : { TemplateUrl: LoadTemplateFromURL }
}

function artifactType(product: ProductType, given: ProvisioningArtifactType | undefined): ProvisioningArtifactType {
  if (!isOwnProductType(product)) {
    throw new ArtifactPropertiesError('Provisioning artifacts of MARKETPLACE products cannot be made.')
  }
  if (given !== undefined && given !== product) {
    throw new ArtifactPropertiesError(
      `A provisioning artifact of type ${given} cannot belong to a product of type ${product}.`,
    )
  }
  return product
}

function checkInfo(given: Readonly<Record<string, string>>, type: ProvisioningArtifactType): Record<string, string> {
  const keys = Object.keys(given)
  const key = keys[0]
  if (keys.length !== 1 || (key !== 'LoadTemplateFromURL' && key !== 'ImportFromPhysicalId')) {
    throw new ArtifactPropertiesError(
      'Info must have exactly one of the keys LoadTemplateFromURL and ImportFromPhysicalId.',
    )
  }
  const value = given[key] ?? ''
  if (key === 'ImportFromPhysicalId') {
    if (type !== 'CLOUD_FORMATION_TEMPLATE') {
      throw new ArtifactPropertiesError('ImportFromPhysicalId is for CLOUD_FORMATION_TEMPLATE products only.')
    }
    if (!/^arn:[^:]+:cloudformation:[^:]*:[^:]*:stack\/.+/.test(value)) {
      throw new ArtifactPropertiesError('ImportFromPhysicalId must be the ARN of a CloudFormation stack.')
    }
  } else if (!URL.canParse(value)) {
    throw new ArtifactPropertiesError('LoadTemplateFromURL must be an absolute URL.')
  }
  return { [key]: value }
}
