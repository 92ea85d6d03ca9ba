import type { Portfolio, Product, TagOption } from '../../catalog/entities.ts'
import type { Scope } from '../../catalog/scope.ts'
import { tagChoices } from '../../catalog/tag-options.ts'
import type { Storage } from '../../storage/storage.ts'

/**
 * The TagOptions of a portfolio or product as an account has them: those it associated itself and, where it came with
 * another account's portfolio and TagOptions are shared with that, the owner's.
 */
export async function tagOptionsOf(
  storage: Storage,
  scope: Scope,
  resourceId: string,
  from: Portfolio | undefined,
): Promise<readonly TagOption[]> {
  const own = await storage.tagOptions.ofResource(scope, resourceId)
  if (!from || from.scope.accountId === scope.accountId) return own
  const imported = await storage.portfolioShares.imported(scope)
  const share = imported.find(({ portfolio }) => portfolio.detail.Id === from.detail.Id)
  if (!share?.shareTagOptions) return own
  return [...own, ...(await storage.tagOptions.ofResource(from.scope, resourceId))]
}

/** The values that a launch by this portfolio may choose from, by tag key. */
export async function choicesOf(
  storage: Storage,
  scope: Scope,
  portfolio: Portfolio,
  product: Product,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const [ofPortfolio, ofProduct] = await Promise.all(
    [portfolio.detail.Id, product.id].map(id => tagOptionsOf(storage, scope, id, portfolio)),
  )
  return tagChoices(
    { arn: portfolio.detail.ARN ?? portfolio.detail.Id, options: ofPortfolio! },
    { arn: product.view.ProductARN ?? product.id, options: ofProduct! },
  )
}
