import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { ResourceDetail } from '../../model/generated/servicecatalog.ts'
import type { Steps } from '../verb.ts'
import { getUsablePortfolio } from './portfolios.ts'
import { getUsableProduct } from './products.ts'

/** What TagOptions and budgets are associated with: a portfolio or a product, as ListResourcesForTagOption shows it. */
export function* getResource(scope: Scope, id: string): Steps<ResourceDetail | undefined> {
  const portfolio = yield* getUsablePortfolio(scope, id)
  if (portfolio) {
    const { Id, ARN, DisplayName: Name, Description, CreatedTime } = portfolio.detail
    return { Id, ARN, Name, Description, CreatedTime }
  }
  const product = yield* getUsableProduct(scope, id)
  if (!product) return undefined
  const { ProductARN: ARN, CreatedTime, ProductViewSummary: summary } = product.view
  return { Id: id, ARN, Name: summary?.Name, Description: summary?.ShortDescription, CreatedTime }
}

/** Refuses NotFound. */
export function* requireResource(scope: Scope, id: string): Steps<ResourceDetail> {
  const resource = yield* getResource(scope, id)
  if (!resource) throw new Refusal('NotFound', `Resource ${id} not found: it is neither a portfolio nor a product.`)
  return resource
}
