import type { Product, ProductCopy, ProvisioningArtifact } from '../../catalog/entities.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import { TagsError } from '../../catalog/tags.ts'
import type { CopyProductOutput } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { db, first, read, run, write } from '../verb.ts'
import { insertArtifact, requireRoomForArtifacts } from './artifacts.ts'
import { insertProduct, requireProduct, requireRoomForProduct, updateProduct } from './products.ts'
import { scopeColumns } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

export const productCopies = {
  get: read(function* (scope: Scope, id: string) {
    const row = yield* first(
      db
        .selectFrom('product_copies')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
    return row && fromJson<ProductCopy>(row.data)
  }),

  /**
   * Copies versions to a new product, or to one that is there, which `change` alters besides; and keeps what came of it.
   * A quota that stands in the way makes the copy FAILED, as a copy that was accepted: then nothing has been copied.
   * Refuses NotFound when the target is gone.
   */
  create: write(function* (
    copy: ProductCopy,
    target: Product | { readonly id: string; readonly change: (product: Product) => Product },
    artifacts: readonly ProvisioningArtifact[],
    claim: TokenClaim | undefined,
    answer: CopyProductOutput,
  ) {
    return yield* once(claim, answer, copy.createdAt, function* () {
      const { scope } = copy
      const productId = target.id
      let kept = copy
      try {
        if ('change' in target) {
          const product = target.change(yield* requireProduct(scope, productId))
          yield* requireRoomForArtifacts(scope, productId, artifacts.length)
          yield* updateProduct(product)
        } else {
          yield* requireRoomForProduct(scope)
          yield* insertProduct(target)
        }
        for (const artifact of artifacts) yield* insertArtifact(artifact)
      } catch (error) {
        // Each is thrown before anything has been written.
        const full = error instanceof TagsError || (error instanceof Refusal && error.reason === 'LimitExceeded')
        if (!full) throw error
        kept = { ...copy, status: 'FAILED', statusDetail: error.message, targetProductId: undefined }
      }
      yield* run(
        db
          .insertInto('product_copies')
          .values({ ...scopeColumns(scope), id: kept.id, created_at: kept.createdAt.getTime(), data: toJson(kept) }),
      )
    })
  }),
}
