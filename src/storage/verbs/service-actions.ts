import type { ProvisioningArtifact, ServiceAction, ServiceActionAssociation } from '../../catalog/entities.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { CreateServiceActionOutput } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { prepared } from '../prepared.ts'
import { all, db, first, type PageRequest, read, run, type Steps, write } from '../verb.ts'
import { requireArtifact } from './artifacts.ts'
import { requireProduct } from './products.ts'
import { type Key, oldestFirst, page, requireBelow, scopeColumns } from './scoped.ts'
import { once, type TokenClaim } from './tokens.ts'

/** AWS's default quotas: service actions in a region, and those of one provisioning artifact. */
const limits = { actions: 200, associations: 25 }

const select = prepared(({ account_id, region, id }: Key) =>
  db
    .selectFrom('service_actions')
    .select('data')
    .where('account_id', '=', account_id)
    .where('region', '=', region)
    .where('id', '=', id),
)

function* getAction(scope: Scope, id: string): Steps<ServiceAction | undefined> {
  const row = yield* first(select({ ...scopeColumns(scope), id }))
  return row && fromJson<ServiceAction>(row.data)
}

function* requireAction(scope: Scope, id: string): Steps<ServiceAction> {
  const action = yield* getAction(scope, id)
  if (!action) throw new Refusal('NotFound', `Service action ${id} not found.`)
  return action
}

const selectAssociation = prepared((of: Scope & ServiceActionAssociation) =>
  db
    .selectFrom('service_action_associations')
    .select('service_action_id')
    .where('account_id', '=', of.accountId)
    .where('region', '=', of.region)
    .where('product_id', '=', of.productId)
    .where('provisioning_artifact_id', '=', of.provisioningArtifactId)
    .where('service_action_id', '=', of.serviceActionId),
)

function* isAssociated(scope: Scope, association: ServiceActionAssociation): Steps<boolean> {
  const row = yield* first(selectAssociation({ ...scope, ...association }))
  return row !== undefined
}

export const serviceActions = {
  get: read(getAction),

  isAssociated: read(isAssociated),

  /** Oldest first. */
  list: read(function* (scope: Scope, request: PageRequest) {
    const rows = yield* all(
      db
        .selectFrom('service_actions')
        .select(['id', 'created_at', 'data'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .$call(oldestFirst(request)),
    )
    return page(rows, request, row => fromJson<ServiceAction>(row.data))
  }),

  /** Those of a provisioning artifact, in the order in which they were associated. Refuses NotFound. */
  ofArtifact: read(function* (scope: Scope, productId: string, artifactId: string, request: PageRequest) {
    yield* requireProduct(scope, productId)
    yield* requireArtifact(scope, productId, artifactId)
    const rows = yield* all(
      db
        .selectFrom('service_action_associations as association')
        .innerJoin('service_actions as action', join =>
          join
            .onRef('action.account_id', '=', 'association.account_id')
            .onRef('action.region', '=', 'association.region')
            .onRef('action.id', '=', 'association.service_action_id'),
        )
        .select(['action.id as id', 'association.created_at as created_at', 'action.data as data'])
        .where('association.account_id', '=', scope.accountId)
        .where('association.region', '=', scope.region)
        .where('association.product_id', '=', productId)
        .where('association.provisioning_artifact_id', '=', artifactId)
        .$if(request.after !== undefined, query =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('association.created_at', 'action.id'), '>', tuple(request.after!.at, request.after!.id)),
          ),
        )
        .orderBy('association.created_at')
        .orderBy('action.id')
        .limit(request.size + 1),
    )
    return page(rows, request, row => fromJson<ServiceAction>(row.data))
  }),

  /** The provisioning artifacts an action is associated with, in the order of association. Refuses NotFound. */
  artifactsOf: read(function* (scope: Scope, serviceActionId: string, request: PageRequest) {
    yield* requireAction(scope, serviceActionId)
    const rows = yield* all(
      db
        .selectFrom('service_action_associations as association')
        .innerJoin('provisioning_artifacts as artifact', join =>
          join
            .onRef('artifact.account_id', '=', 'association.account_id')
            .onRef('artifact.region', '=', 'association.region')
            .onRef('artifact.id', '=', 'association.provisioning_artifact_id'),
        )
        .select(['artifact.id as id', 'association.created_at as created_at', 'artifact.data as data'])
        .where('association.account_id', '=', scope.accountId)
        .where('association.region', '=', scope.region)
        .where('association.service_action_id', '=', serviceActionId)
        .$if(request.after !== undefined, query =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('association.created_at', 'artifact.id'), '>', tuple(request.after!.at, request.after!.id)),
          ),
        )
        .orderBy('association.created_at')
        .orderBy('artifact.id')
        .limit(request.size + 1),
    )
    return page(rows, request, row => fromJson<ProvisioningArtifact>(row.data))
  }),

  /** Refuses LimitExceeded. */
  create: write(function* (action: ServiceAction, claim: TokenClaim | undefined, answer: CreateServiceActionOutput) {
    return yield* once(claim, answer, action.createdAt, function* () {
      const { scope } = action
      const count = yield* first(
        db
          .selectFrom('service_actions')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('account_id', '=', scope.accountId)
          .where('region', '=', scope.region),
      )
      requireBelow(limits.actions, count, 'service actions in an account and region')
      const { Id, Name } = action.detail.ServiceActionSummary
      yield* run(
        db.insertInto('service_actions').values({
          ...scopeColumns(scope),
          id: Id,
          created_at: action.createdAt.getTime(),
          name: Name,
          data: toJson(action),
        }),
      )
    })
  }),

  /** Applies `change` to what is there at that moment and answers the result. Refuses NotFound. */
  update: write(function* (scope: Scope, id: string, change: (action: ServiceAction) => ServiceAction) {
    const action = change(yield* requireAction(scope, id))
    yield* run(
      db
        .updateTable('service_actions')
        .set({ name: action.detail.ServiceActionSummary.Name, data: toJson(action) })
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
    return action
  }),

  /** Refuses NotFound, and InUse while the action is associated with anything. */
  delete: write(function* (scope: Scope, id: string, now: Date, claim: TokenClaim | undefined) {
    return yield* once(claim, {}, now, function* () {
      yield* requireAction(scope, id)
      const user = yield* first(
        db
          .selectFrom('service_action_associations')
          .select(['product_id', 'provisioning_artifact_id'])
          .where('account_id', '=', scope.accountId)
          .where('region', '=', scope.region)
          .where('service_action_id', '=', id),
      )
      if (user) {
        throw new Refusal(
          'InUse',
          `Service action ${id} is still associated with provisioning artifact ${user.provisioning_artifact_id} of product ${user.product_id}.`,
        )
      }
      yield* run(
        db
          .deleteFrom('service_actions')
          .where('account_id', '=', scope.accountId)
          .where('region', '=', scope.region)
          .where('id', '=', id),
      )
    })
  }),

  /** Refuses NotFound, Duplicate when it is associated already, and LimitExceeded. */
  associate: write(function* (
    scope: Scope,
    association: ServiceActionAssociation,
    now: Date,
    claim: TokenClaim | undefined,
  ) {
    return yield* once(claim, {}, now, function* () {
      const { serviceActionId, productId, provisioningArtifactId } = association
      yield* requireProduct(scope, productId)
      yield* requireArtifact(scope, productId, provisioningArtifactId)
      yield* requireAction(scope, serviceActionId)
      if (yield* isAssociated(scope, association)) {
        throw new Refusal(
          'Duplicate',
          `Service action ${serviceActionId} is already associated with provisioning artifact ${provisioningArtifactId} of product ${productId}.`,
        )
      }
      const count = yield* first(
        db
          .selectFrom('service_action_associations')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('account_id', '=', scope.accountId)
          .where('region', '=', scope.region)
          .where('product_id', '=', productId)
          .where('provisioning_artifact_id', '=', provisioningArtifactId),
      )
      requireBelow(limits.associations, count, 'service actions of a provisioning artifact')
      yield* run(
        db.insertInto('service_action_associations').values({
          ...scopeColumns(scope),
          service_action_id: serviceActionId,
          product_id: productId,
          provisioning_artifact_id: provisioningArtifactId,
          created_at: now.getTime(),
        }),
      )
    })
  }),

  /** Refuses NotFound, also when it is not associated. */
  disassociate: write(function* (
    scope: Scope,
    association: ServiceActionAssociation,
    now: Date,
    claim: TokenClaim | undefined,
  ) {
    return yield* once(claim, {}, now, function* () {
      const { serviceActionId, productId, provisioningArtifactId } = association
      if (!(yield* isAssociated(scope, association))) {
        throw new Refusal(
          'NotFound',
          `Service action ${serviceActionId} is not associated with provisioning artifact ${provisioningArtifactId} of product ${productId}.`,
        )
      }
      yield* run(
        db
          .deleteFrom('service_action_associations')
          .where('account_id', '=', scope.accountId)
          .where('region', '=', scope.region)
          .where('product_id', '=', productId)
          .where('provisioning_artifact_id', '=', provisioningArtifactId)
          .where('service_action_id', '=', serviceActionId),
      )
    })
  }),
}
