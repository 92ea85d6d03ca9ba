import { productArn, productOfArn } from '../../catalog/arns.ts'
import type { Product, ProvisioningArtifact } from '../../catalog/entities.ts'
import { productViewId } from '../../catalog/ids.ts'
import { changedTags, tagLimits } from '../../catalog/tags.ts'
import type { CopyProductInput } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { ServiceCatalogOperation } from './operation.ts'

/**
 * Copies a product's versions to a new product or to one that is there. The source may be in another region, and in another
 * account that shares it in a portfolio. The copy is made in the transaction that accepts it, so its status is known at the
 * first question; AWS takes a while.
 */
export const copyProduct: ServiceCatalogOperation<'CopyProduct', 'storage' | 'clock' | 'ids'> = async (
  input,
  caller,
  { storage, clock, ids },
) => {
  const { scope } = caller
  const named = productOfArn(input.SourceProductArn)
  if (!named) throw new InvalidParametersException(`${input.SourceProductArn} is not the ARN of a product.`)
  if (input.TargetProductId !== undefined && input.TargetProductName !== undefined) {
    throw new InvalidParametersException('TargetProductName is for a new product: leave it out, or TargetProductId.')
  }
  const source = await storage.products.getUsable({ ...scope, region: named.scope.region }, named.id)
  if (source?.view.ProductARN !== input.SourceProductArn) {
    throw new ResourceNotFoundException(`Product ${input.SourceProductArn} not found.`)
  }
  const chosen = choose(await storage.artifacts.ofProduct(source.scope, source.id), input)
  const now = clock.now()
  const withTags = input.CopyOptions?.includes('CopyTags') ?? false

  const existing =
    input.TargetProductId === undefined ? undefined : await storage.products.get(scope, input.TargetProductId)
  if (input.TargetProductId !== undefined && !existing) {
    throw new ResourceNotFoundException(`Product ${input.TargetProductId} not found.`)
  }
  const [from, to] = [source, existing].map(product => product?.view.ProductViewSummary?.Type)
  if (existing && from !== to) {
    throw new InvalidParametersException(`Versions of a product of type ${from} cannot be copied to one of type ${to}.`)
  }
  const targetId = existing?.id ?? ids.next('product')
  const target = existing
    ? {
        id: targetId,
        change: (product: Product): Product =>
          withTags
            ? { ...product, tags: changedTags(product.tags, { add: source.tags, limit: tagLimits.product }) }
            : product,
      }
    : newProduct(source, targetId, { scope, name: input.TargetProductName, withTags, now })
  const copies = chosen.map(
    (artifact, i): ProvisioningArtifact => ({
      ...artifact,
      scope,
      productId: targetId,
      detail: {
        ...artifact.detail,
        Id: ids.next('provisioningArtifact'),
        // A millisecond apart, so that lists keep their order.
        CreatedTime: new Date(now.getTime() - (chosen.length - 1 - i)),
      },
    }),
  )
  const id = ids.next('copyProduct')
  return storage.productCopies.create(
    { scope, id, createdAt: now, status: 'SUCCEEDED', targetProductId: targetId },
    target,
    copies,
    caller.claim,
    { CopyProductToken: id },
  )
}

/** The versions to copy, in the product's order: all, or those that are named. */
function choose(
  artifacts: readonly ProvisioningArtifact[],
  { SourceProvisioningArtifactIdentifiers: identifiers, SourceProductArn }: CopyProductInput,
): readonly ProvisioningArtifact[] {
  if (!identifiers || identifiers.length === 0) return artifacts
  const wanted = new Set<string>()
  for (const { Id } of identifiers) {
    if (Id === undefined) throw new InvalidParametersException('An identifier of a provisioning artifact needs an Id.')
    if (!artifacts.some(({ detail }) => detail.Id === Id)) {
      throw new ResourceNotFoundException(`Provisioning Artifact ${Id} not found in product ${SourceProductArn}.`)
    }
    wanted.add(Id)
  }
  return artifacts.filter(({ detail }) => wanted.has(detail.Id))
}

function newProduct(
  source: Product,
  id: string,
  { scope, name, withTags, now }: { scope: Product['scope']; name?: string; withTags: boolean; now: Date },
): Product {
  const summary = source.view.ProductViewSummary
  return {
    scope,
    id,
    sourceProductId: source.id,
    tags: withTags ? source.tags : [],
    view: {
      ...source.view,
      ProductViewSummary: { ...summary, Id: productViewId(id), ProductId: id, Name: name ?? summary?.Name },
      ProductARN: productArn(scope, id),
      CreatedTime: now,
    },
  }
}
