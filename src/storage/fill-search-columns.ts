import type { ProvisionedProduct } from '../catalog/entities.ts'
import { fromJson } from './json.ts'
import { all, db, run, type Steps } from './verb.ts'
import { ownerColumns } from './verbs/owned.ts'
import { provisionedProductColumns, reindex } from './verbs/provisioned-product-index.ts'

/** Rows at a time: a catalog does not have to fit into memory. */
const batch = 200

/** The columns and tables of the migration `search`, for what an older version wrote. */
export function* fillSearchColumns(): Steps<void> {
  yield* each('provisioned_products', function* (row) {
    const product = fromJson<ProvisionedProduct>(row.data)
    const columns = provisionedProductColumns(product)
    yield* run(byKey(db.updateTable('provisioned_products').set(columns), row))
    yield* reindex(product.scope, row.id, undefined, columns)
  })
  for (const table of ['records', 'provisioned_product_plans'] as const) {
    yield* each(table, function* (row) {
      yield* run(byKey(db.updateTable(table).set({ owner_role: ownerColumns(row.user_arn).owner_role }), row))
    })
  }
}

interface OwnedRow {
  readonly account_id: string
  readonly region: string
  readonly id: string
  readonly user_arn: string
  readonly data: string
}

/** Goes through a table in the order of its key. */
function* each(
  table: 'provisioned_products' | 'records' | 'provisioned_product_plans',
  visit: (row: OwnedRow) => Steps<void>,
): Steps<void> {
  let after: OwnedRow | undefined
  for (;;) {
    const rows: readonly OwnedRow[] = yield* all(
      db
        .selectFrom(table)
        .select(['account_id', 'region', 'id', 'user_arn', 'data'])
        .$if(after !== undefined, query =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('account_id', 'region', 'id'), '>', tuple(after!.account_id, after!.region, after!.id)),
          ),
        )
        .orderBy('account_id')
        .orderBy('region')
        .orderBy('id')
        .limit(batch),
    )
    for (const row of rows) yield* visit(row)
    after = rows.at(-1)
    if (rows.length < batch) return
  }
}

// biome-ignore lint/suspicious/noExplicitAny: an update of any of the tables above
function byKey<Update extends { where(...args: any): Update }>(update: Update, row: OwnedRow): Update {
  return update.where('account_id', '=', row.account_id).where('region', '=', row.region).where('id', '=', row.id)
}
