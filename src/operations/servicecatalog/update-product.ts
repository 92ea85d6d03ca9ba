import { changedTags, tagLimits } from '../../catalog/tags.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { tagRule } from './tags.ts'

export const updateProduct: ServiceCatalogOperation<'UpdateProduct', 'storage'> = async (input, caller, services) => {
  const { Id, Name, Owner, Description, Distributor, SupportDescription, SupportEmail, SupportUrl } = input
  const { AddTags: add, RemoveTags: remove } = input
  if (input.SourceConnection) {
    throw new InvalidParametersException('SourceConnection is not supported; use CreateProvisioningArtifact.')
  }
  const { view, tags } = await services.storage.products.update(caller.scope, Id, product => ({
    ...product,
    tags: tagRule(() => changedTags(product.tags, { add, remove, limit: tagLimits.product })),
    view: {
      ...product.view,
      ProductViewSummary: {
        ...product.view.ProductViewSummary,
        ...(Name !== undefined && { Name }),
        ...(Owner !== undefined && { Owner }),
        ...(Description !== undefined && { ShortDescription: Description }),
        ...(Distributor !== undefined && { Distributor }),
        ...(SupportDescription !== undefined && { SupportDescription }),
        ...(SupportEmail !== undefined && { SupportEmail }),
        ...(SupportUrl !== undefined && { SupportUrl }),
      },
    },
  }))
  return { ProductViewDetail: view, Tags: tags }
}
