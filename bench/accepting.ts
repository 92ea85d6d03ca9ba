import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

/** The operation whose accepts are counted; its inputs come from `executing`. */
export const accepting = { service: 'servicecatalog', operation: 'ExecuteProvisionedProductServiceAction' } as const

/** Finds the products that an action may be run on. */
export const availableProducts = "select id from provisioned_products where status = 'AVAILABLE'"

/** Inputs that run an action, each on a product of its own out of `ids`, since an action holds its product until it has ended. */
export function executing(ids: string[], action: string): () => object {
  return () => {
    const id = ids.pop()
    if (id === undefined) throw new Error('There are no provisioned products left to act on.')
    return { ProvisionedProductId: id, ServiceActionId: action, ExecuteToken: randomUUID() }
  }
}

/** The ids that a query finds in a server's database on SQLite. */
export function idsIn(file: string, sql: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database
      .prepare(sql)
      .all()
      .map(row => String(row['id']))
  } finally {
    database.close()
  }
}
