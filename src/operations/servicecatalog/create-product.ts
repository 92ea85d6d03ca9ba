import { productArn } from '../../catalog/arns.ts'
import { ArtifactPropertiesError, isOwnProductType, newArtifact, productCreated } from '../../catalog/artifacts.ts'
import { productViewId } from '../../catalog/ids.ts'
import { checkTags } from '../../catalog/tags.ts'
import type { ProvisioningArtifactProperties } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { tagRule } from './tags.ts'

export const createProduct: ServiceCatalogOperation<
  'CreateProduct',
  'storage' | 'clock' | 'ids' | 'artifacts'
> = async (input, caller, services) => {
  const { storage, clock, ids } = services
  if (input.SourceConnection) {
    throw new InvalidParametersException('SourceConnection is not supported; use ProvisioningArtifactParameters.')
  }
  if (!input.ProvisioningArtifactParameters) {
    throw new InvalidParametersException('ProvisioningArtifactParameters is required.')
  }
  if (!isOwnProductType(input.ProductType)) {
    throw new InvalidParametersException('Products of type MARKETPLACE cannot be created.')
  }
  const id = ids.next('product')
  const artifact = await artifactFrom(
    { id, type: input.ProductType },
    input.ProvisioningArtifactParameters,
    caller,
    services,
  )
  const view = {
    ProductViewSummary: {
      Id: productViewId(id),
      ProductId: id,
      Name: input.Name,
      Owner: input.Owner,
      ShortDescription: input.Description,
      Type: input.ProductType,
      Distributor: input.Distributor,
      // AWS answers false even where there is exactly one path (AWS CLI examples), so clients always list the paths.
      HasDefaultPath: false,
      SupportEmail: input.SupportEmail,
      SupportDescription: input.SupportDescription,
      SupportUrl: input.SupportUrl,
    },
    Status: productCreated,
    ProductARN: productArn(caller.scope, id),
    CreatedTime: clock.now(),
  }
  const tags = input.Tags ?? []
  tagRule(() => checkTags(tags))
  const answer = { ProductViewDetail: view, ProvisioningArtifactDetail: artifact.detail, Tags: tags }
  return storage.products.create({ scope: caller.scope, id, view, tags }, artifact, caller.claim, answer)
}

/** Throws InvalidParametersException for properties that an artifact of this product cannot have. */
export async function artifactFrom(
  product: Parameters<typeof newArtifact>[1],
  properties: ProvisioningArtifactProperties,
  caller: Caller,
  { clock, ids, artifacts }: Pick<Services, 'clock' | 'ids' | 'artifacts'>,
): Promise<ReturnType<typeof newArtifact>> {
  try {
    const made = newArtifact(caller.scope, product, properties, ids.next('provisioningArtifact'), clock.now())
    return await artifacts.prepare(made, caller)
  } catch (error) {
    if (error instanceof ArtifactPropertiesError) throw new InvalidParametersException(error.message)
    throw error
  }
}
