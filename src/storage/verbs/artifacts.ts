import type { ProvisioningArtifact } from '../../catalog/entities.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { CreateProvisioningArtifactOutput } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, read, run, type Steps, write } from '../verb.ts'
import { requireProduct } from './products.ts'
import { entities, requireBelow, scopeColumns } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

/** Provisioning artifacts of one product (AWS's default quota). */
const artifactLimit = 100

function* getArtifact(scope: Scope, productId: string, id: string): Steps<ProvisioningArtifact | undefined> {
  const row = yield* first(
    db
      .selectFrom('provisioning_artifacts')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('id', '=', id)
      .where('product_id', '=', productId),
  )
  return row && fromJson<ProvisioningArtifact>(row.data)
}

/** Refuses NotFound, also when the artifact is another product's. */
export function* requireArtifact(scope: Scope, productId: string, id: string): Steps<ProvisioningArtifact> {
  const artifact = yield* getArtifact(scope, productId, id)
  if (!artifact) throw new Refusal('NotFound', `Provisioning Artifact ${id} not found in product ${productId}.`)
  return artifact
}

/** A product's, oldest first. Few by their quota, so not paged. */
export function* artifactsOf(scope: Scope, productId: string): Steps<ProvisioningArtifact[]> {
  const rows = yield* all(
    db
      .selectFrom('provisioning_artifacts')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('product_id', '=', productId)
      .orderBy('created_at')
      .orderBy('id'),
  )
  return entities<ProvisioningArtifact>(rows)
}

/** Refuses NotFound when the artifact is in no account: what is about to run it may have read it before it was deleted. */
export function* requireArtifactAnywhere(productId: string, id: string): Steps<void> {
  const row = yield* first(
    db.selectFrom('provisioning_artifacts').select('id').where('id', '=', id).where('product_id', '=', productId),
  )
  if (!row) throw new Refusal('NotFound', `Provisioning Artifact ${id} not found in product ${productId}.`)
}

/** Refuses LimitExceeded when a product cannot have so many artifacts more. */
export function* requireRoomForArtifacts(scope: Scope, productId: string, more: number): Steps<void> {
  const row = yield* first(
    db
      .selectFrom('provisioning_artifacts')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('product_id', '=', productId),
  )
  requireBelow(artifactLimit, { count: Number(row?.count ?? 0) + more - 1 }, 'provisioning artifacts of a product')
}

export function* insertArtifact(artifact: ProvisioningArtifact): Steps<void> {
  yield* run(
    db.insertInto('provisioning_artifacts').values({
      ...scopeColumns(artifact.scope),
      id: artifact.detail.Id,
      created_at: artifact.detail.CreatedTime.getTime(),
      product_id: artifact.productId,
      name: artifact.detail.Name ?? '',
      data: toJson(artifact),
    }),
  )
}

export const artifacts = {
  get: read(getArtifact),

  /** Ids are unique in a region, so the product need not be known. */
  getById: read(function* (scope: Scope, id: string) {
    const row = yield* first(
      db
        .selectFrom('provisioning_artifacts')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
    return row && fromJson<ProvisioningArtifact>(row.data)
  }),

  /** See artifactsOf. */
  ofProduct: read(artifactsOf),

  /** How many each product has: what products are sorted by under VersionCount. */
  countByProduct: read(function* (scope: Scope) {
    const rows = yield* all(
      db
        .selectFrom('provisioning_artifacts')
        .select(({ fn }) => ['product_id', fn.countAll<number>().as('count')])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .groupBy('product_id'),
    )
    return new Map(rows.map(row => [row.product_id, Number(row.count)]))
  }),

  /** Refuses NotFound when there is no such product, and LimitExceeded. */
  create: write(function* (
    artifact: ProvisioningArtifact,
    claim: TokenClaim | undefined,
    answer: CreateProvisioningArtifactOutput,
  ) {
    return yield* once(claim, answer, artifact.detail.CreatedTime, function* () {
      const { scope, productId } = artifact
      yield* requireProduct(scope, productId)
      yield* requireRoomForArtifacts(scope, productId, 1)
      yield* insertArtifact(artifact)
    })
  }),

  /** Applies `change` to what is there at that moment and answers the result. Refuses NotFound. */
  update: write(function* (
    scope: Scope,
    productId: string,
    id: string,
    change: (artifact: ProvisioningArtifact) => ProvisioningArtifact,
  ) {
    yield* requireProduct(scope, productId)
    const artifact = change(yield* requireArtifact(scope, productId, id))
    yield* run(
      db
        .updateTable('provisioning_artifacts')
        .set({ name: artifact.detail.Name ?? '', data: toJson(artifact) })
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
    return artifact
  }),
}
