import { constraintEffects } from '../../catalog/constraint-parameters.ts'
import type { Product, ProvisionedProduct } from '../../catalog/entities.ts'
import { asksNoChange, launchTags } from '../../catalog/tag-options.ts'
import { autoTag, autoTags, withoutAutoTags } from '../../catalog/tags.ts'
import type { Tag } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Caller } from '../operation.ts'
import type { ResolvedLaunchPath } from './launch-path.ts'
import { choicesOf } from './tag-options.ts'
import { tagRule } from './tags.ts'

interface Launch {
  readonly product: Product
  readonly artifactId: string
  readonly path: ResolvedLaunchPath
  /** Tags as the request has them. */
  readonly given: readonly Tag[] | undefined
}

/**
 * All tags of a product that is about to be provisioned: those given, what TagOptions add, and the AutoTags. Throws
 * InvalidParametersException where the TagOptions of portfolio and product do not allow them.
 */
export async function tagsOfLaunch(
  storage: Storage,
  caller: Caller,
  { product, artifactId, path, given }: Launch,
  provisionedProductArn: string,
): Promise<readonly Tag[]> {
  const choices = await choicesOf(storage, caller.scope, path.portfolio, product)
  const tags = tagRule(() => launchTags(given ?? [], choices))
  return [...tags, ...ownAutoTags({ product, artifactId, path }, provisionedProductArn, caller.arn)]
}

/**
 * All tags of a provisioned product after an update. Without Tags they stay, but for the AutoTags of version and path.
 * Throws InvalidParametersException where Tags would change something that the RESOURCE_UPDATE constraint does not allow,
 * or the TagOptions do not.
 */
export async function tagsOfUpdate(
  storage: Storage,
  caller: Caller,
  { product, artifactId, path, given }: Launch,
  provisioned: ProvisionedProduct,
): Promise<readonly Tag[]> {
  const current = withoutAutoTags(provisioned.tags)
  // Whoever provisioned it stays so, though somebody else may update or own it.
  const principal = autoTag(provisioned.tags, 'provisioningPrincipalArn') ?? provisioned.userArn
  const auto = ownAutoTags({ product, artifactId, path }, provisioned.detail.Arn, principal)
  if (given === undefined) return [...current, ...auto]
  const choices = await choicesOf(storage, caller.scope, path.portfolio, product)
  if (constraintEffects(path.constraints).tagUpdate === 'ALLOWED') {
    return [...tagRule(() => launchTags(given, choices)), ...auto]
  }
  if (asksNoChange(given, current, choices)) return [...current, ...auto]
  throw new InvalidParametersException(
    `Tags of provisioned product ${provisioned.detail.Id} cannot be updated: no RESOURCE_UPDATE constraint on product ${product.id} in portfolio ${path.portfolioId} has TagUpdateOnProvisionedProduct ALLOWED.`,
  )
}

function ownAutoTags(
  { product, artifactId, path }: Omit<Launch, 'given'>,
  provisionedProductArn: string,
  provisioningPrincipalArn: string,
): readonly Tag[] {
  return autoTags({
    portfolioArn: path.portfolio.detail.ARN ?? path.portfolioId,
    productArn: product.view.ProductARN ?? product.id,
    provisioningPrincipalArn,
    provisionedProductArn,
    provisioningArtifactIdentifier: artifactId,
  })
}
