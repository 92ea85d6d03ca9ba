import type { ProvisionedProduct } from '../../catalog/entities.ts'
import { ownerRole } from '../../catalog/owner.ts'
import type { Scope } from '../../catalog/scope.ts'
import { type SearchWord, searchWords } from '../../catalog/search-query.ts'
import { db, first, run, type Steps } from '../verb.ts'
import { ownerColumns } from './owned.ts'
import { scopeColumns } from './scoped.ts'

/**
 * What provisioned products are found by beside their row: their words, and how many each owner has. Kept by whoever
 * writes the row, in the same transaction.
 */
export function provisionedProductColumns(product: ProvisionedProduct, words = wordsText(searchWords(product))) {
  const { detail, userArn } = product
  return {
    ...ownerColumns(userArn),
    status: detail.Status,
    product_id: detail.ProductId,
    type: detail.Type,
    arn: detail.Arn,
    last_record_id: detail.LastRecordId ?? '',
    provisioning_artifact_id: detail.ProvisioningArtifactId,
    words,
  }
}

/** Words as the column `words` has them. A word has letters and digits only, so nothing in it is a wildcard. */
function wordsText(words: readonly SearchWord[]): string {
  return words.map(({ field, word }) => ` ${field}=${word}`).join('')
}

type Columns = ReturnType<typeof provisionedProductColumns>

/** What is written down of a product's row at this moment. */
export type Indexed = Readonly<Record<Exclude<keyof Columns, 'user_arn'>, string | null>> & {
  readonly user_arn: string
}

/** What is written down of a product's row at this moment, as a select names it. */
export const indexedColumns = [
  'user_arn',
  'owner_role',
  'status',
  'product_id',
  'type',
  'arn',
  'last_record_id',
  'provisioning_artifact_id',
  'words',
] as const

/** The columns that say something else now: each is in an index, and one that is written again is moved in it. */
export function changedColumns(before: Indexed, now: Columns): Partial<Columns> {
  const names = Object.keys(now) as (keyof Columns)[]
  return Object.fromEntries(names.filter(name => before[name] !== now[name]).map(name => [name, now[name]]))
}

/** Brings words and counts from what is written down to what the row says now; undefined: no row. */
export function* reindex(
  scope: Scope,
  id: string,
  before: Indexed | undefined,
  after: Indexed | undefined,
): Steps<void> {
  if (before?.words !== after?.words) yield* reindexWords(scope, id, wordSet(before), wordSet(after))
  if (before?.user_arn === after?.user_arn) return
  // In one order, whoever writes: two transactions never wait for each other.
  const changes = new Map<string, number>()
  for (const [owned, by] of [
    [before, -1],
    [after, 1],
  ] as const) {
    if (!owned) continue
    for (const owner of ['', ownerRole(owned.user_arn), owned.user_arn]) {
      if (owner !== undefined) changes.set(owner, (changes.get(owner) ?? 0) + by)
    }
  }
  for (const [owner, by] of [...changes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // The last character of an id is random.
    if (by !== 0) yield* count(scope, owner, id.slice(-1), by)
  }
}

function wordSet(indexed: Indexed | undefined): ReadonlySet<string> {
  return new Set((indexed?.words ?? '').split(' ').filter(entry => entry !== ''))
}

function* reindexWords(scope: Scope, id: string, before: ReadonlySet<string>, after: ReadonlySet<string>): Steps<void> {
  for (const entry of before) {
    if (after.has(entry)) continue
    const [field, word] = entry.split('=') as [string, string]
    yield* run(
      db
        .deleteFrom('provisioned_product_words')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('word', '=', word)
        .where('field', '=', field)
        .where('provisioned_product_id', '=', id),
    )
  }
  const fresh = [...after].filter(entry => !before.has(entry))
  if (fresh.length === 0) return
  yield* run(
    db.insertInto('provisioned_product_words').values(
      fresh.map(entry => {
        const [field, word] = entry.split('=') as [string, string]
        return { ...scopeColumns(scope), word, field, provisioned_product_id: id }
      }),
    ),
  )
}

function* count(scope: Scope, owner: string, shard: string, by: number): Steps<void> {
  yield* run(
    db
      .insertInto('provisioned_product_counts')
      .values({ ...scopeColumns(scope), owner, shard, count: by })
      .onConflict(conflict =>
        conflict
          .columns(['account_id', 'region', 'owner', 'shard'])
          .doUpdateSet(({ ref, eb }) => ({ count: eb(ref('provisioned_product_counts.count'), '+', by) })),
      ),
  )
  // Owners come and go, a session each: one that has nothing is not kept.
  if (by < 0) {
    yield* run(
      db
        .deleteFrom('provisioned_product_counts')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('owner', '=', owner)
        .where('shard', '=', shard)
        .where('count', '=', 0),
    )
  }
}

/** How many products an owner has: a user's ARN, an owner role, or empty for all of the account. */
export function* countOwned(scope: Scope, owner: string): Steps<number> {
  const row = yield* first(
    db
      .selectFrom('provisioned_product_counts')
      .select(({ fn }) => fn.sum<number | null>('count').as('count'))
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('owner', '=', owner),
  )
  return Number(row?.count ?? 0)
}
