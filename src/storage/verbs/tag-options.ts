import type { TagOption } from '../../catalog/entities.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import type { ListTagOptionsFilters, ResourceDetail } from '../../model/generated/servicecatalog.ts'
import { fromJson, toJson } from '../json.ts'
import { all, db, first, type PageRequest, read, run, type Steps, write } from '../verb.ts'
import { getResource, requireResource } from './resources.ts'
import { entities, oldestFirst, page, requireBelow, scopeColumns } from './scoped.ts'

/** AWS's default quotas: TagOptions of one portfolio or product, and values of one key. */
const limits = { ofResource: 25, values: 25 }

/** Kinds of resources, as ListResourcesForTagOption names them, and how their ids begin. */
const resourcePrefixes = { Portfolio: 'port-', Product: 'prod-' } as const

export type TagOptionResourceType = keyof typeof resourcePrefixes

function* getTagOption(scope: Scope, id: string): Steps<TagOption | undefined> {
  const row = yield* first(
    db
      .selectFrom('tag_options')
      .select('data')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('id', '=', id),
  )
  return row && fromJson<TagOption>(row.data)
}

/** Refuses NotFound. */
function* requireTagOption(scope: Scope, id: string): Steps<TagOption> {
  const option = yield* getTagOption(scope, id)
  if (!option) throw new Refusal('NotFound', `TagOption ${id} not found.`)
  return option
}

/** Refuses Duplicate when another TagOption has the key and the value. */
function* requireUnique(scope: Scope, { Id, Key, Value }: TagOption['detail']): Steps<void> {
  const row = yield* first(
    db
      .selectFrom('tag_options')
      .select('id')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('tag_key', '=', Key)
      .where('tag_value', '=', Value),
  )
  if (row && row.id !== Id) {
    throw new Refusal('Duplicate', `TagOption ${row.id} has the key ${Key} and the value ${Value} already.`)
  }
}

function* isAssociated(scope: Scope, resourceId: string, tagOptionId: string): Steps<boolean> {
  const row = yield* first(
    db
      .selectFrom('tag_option_associations')
      .select('resource_id')
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('resource_id', '=', resourceId)
      .where('tag_option_id', '=', tagOptionId),
  )
  return row !== undefined
}

export const tagOptions = {
  get: read(getTagOption),

  /** Oldest first; those that have everything the filters name. */
  list: read(function* (scope: Scope, { Key, Value, Active }: ListTagOptionsFilters, request: PageRequest) {
    const rows = yield* all(
      db
        .selectFrom('tag_options')
        .select(['id', 'created_at', 'data'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .$if(Key !== undefined, query => query.where('tag_key', '=', Key!))
        .$if(Value !== undefined, query => query.where('tag_value', '=', Value!))
        .$if(Active !== undefined, query => query.where('active', '=', Active ? 1 : 0))
        .$call(oldestFirst(request)),
    )
    return page(rows, request, row => fromJson<TagOption>(row.data))
  }),

  /** Those that an account has associated with a portfolio or product, in the order of association. */
  ofResource: read(function* (scope: Scope, resourceId: string) {
    const rows = yield* all(
      db
        .selectFrom('tag_option_associations as association')
        .innerJoin('tag_options as option', join =>
          join
            .onRef('option.account_id', '=', 'association.account_id')
            .onRef('option.region', '=', 'association.region')
            .onRef('option.id', '=', 'association.tag_option_id'),
        )
        .select('option.data as data')
        .where('association.account_id', '=', scope.accountId)
        .where('association.region', '=', scope.region)
        .where('association.resource_id', '=', resourceId)
        .orderBy('association.created_at')
        .orderBy('option.id'),
    )
    return entities<TagOption>(rows)
  }),

  /**
   * The portfolios and products that a TagOption is associated with, in the order of association; all, or those of one
   * kind. Refuses NotFound.
   */
  resources: read(function* (
    scope: Scope,
    tagOptionId: string,
    type: TagOptionResourceType | undefined,
    request: PageRequest,
  ) {
    yield* requireTagOption(scope, tagOptionId)
    const rows = yield* all(
      db
        .selectFrom('tag_option_associations')
        .select(['resource_id as id', 'created_at'])
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('tag_option_id', '=', tagOptionId)
        .$if(type !== undefined, query => query.where('resource_id', 'like', `${resourcePrefixes[type!]}%`))
        .$if(request.after !== undefined, query =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('created_at', 'resource_id'), '>', tuple(request.after!.at, request.after!.id)),
          ),
        )
        .orderBy('created_at')
        .orderBy('resource_id')
        .limit(request.size + 1),
    )
    const { items: ids, next } = page(rows, request, row => row.id)
    const items: ResourceDetail[] = []
    // What came by a share that has ended is not shown.
    for (const id of ids) items.push(...[yield* getResource(scope, id)].filter(resource => resource !== undefined))
    return { items, next }
  }),

  /** Refuses Duplicate, and LimitExceeded when the key has as many values as it may. */
  create: write(function* (option: TagOption) {
    const { scope, detail } = option
    yield* requireUnique(scope, detail)
    const count = yield* first(
      db
        .selectFrom('tag_options')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('tag_key', '=', detail.Key),
    )
    requireBelow(limits.values, count, `values of the TagOption key ${detail.Key}`)
    yield* run(
      db.insertInto('tag_options').values({
        ...scopeColumns(scope),
        id: detail.Id,
        created_at: option.createdAt.getTime(),
        tag_key: detail.Key,
        tag_value: detail.Value,
        active: detail.Active ? 1 : 0,
        data: toJson(option),
      }),
    )
  }),

  /** Changes value or active state and answers the result. Refuses NotFound and Duplicate. */
  update: write(function* (scope: Scope, id: string, change: { readonly Value?: string; readonly Active?: boolean }) {
    const option = yield* requireTagOption(scope, id)
    const detail = {
      ...option.detail,
      Value: change.Value ?? option.detail.Value,
      Active: change.Active ?? option.detail.Active,
    }
    yield* requireUnique(scope, detail)
    yield* run(
      db
        .updateTable('tag_options')
        .set({ tag_value: detail.Value, active: detail.Active ? 1 : 0, data: toJson({ ...option, detail }) })
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
    return { ...option, detail }
  }),

  /** Refuses NotFound, and InUse while it is associated with anything. */
  delete: write(function* (scope: Scope, id: string) {
    yield* requireTagOption(scope, id)
    const user = yield* first(
      db
        .selectFrom('tag_option_associations')
        .select('resource_id')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('tag_option_id', '=', id),
    )
    if (user) throw new Refusal('InUse', `TagOption ${id} is still associated with ${user.resource_id}.`)
    yield* run(
      db
        .deleteFrom('tag_options')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('id', '=', id),
    )
  }),

  /** Refuses NotFound, Duplicate when it is associated already, and LimitExceeded. */
  associate: write(function* (scope: Scope, resourceId: string, tagOptionId: string, now: Date) {
    yield* requireResource(scope, resourceId)
    yield* requireTagOption(scope, tagOptionId)
    if (yield* isAssociated(scope, resourceId, tagOptionId)) {
      throw new Refusal('Duplicate', `TagOption ${tagOptionId} is already associated with ${resourceId}.`)
    }
    const count = yield* first(
      db
        .selectFrom('tag_option_associations')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('resource_id', '=', resourceId),
    )
    requireBelow(limits.ofResource, count, 'TagOptions of a portfolio or product')
    yield* run(
      db.insertInto('tag_option_associations').values({
        ...scopeColumns(scope),
        resource_id: resourceId,
        tag_option_id: tagOptionId,
        created_at: now.getTime(),
      }),
    )
  }),

  /** Refuses NotFound, also when it is not associated. */
  disassociate: write(function* (scope: Scope, resourceId: string, tagOptionId: string) {
    if (!(yield* isAssociated(scope, resourceId, tagOptionId))) {
      throw new Refusal('NotFound', `TagOption ${tagOptionId} is not associated with ${resourceId}.`)
    }
    yield* run(
      db
        .deleteFrom('tag_option_associations')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('resource_id', '=', resourceId)
        .where('tag_option_id', '=', tagOptionId),
    )
  }),
}
