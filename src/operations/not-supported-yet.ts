import { ServiceError } from '../protocol/errors.ts'

type NotSupported = () => Promise<never>

const rows = new WeakSet<object>()

/**
 * The row of an operation that a later version will serve. `code` is one of the service's own where the service has one
 * that fits: Service Catalog's is OperationNotSupportedException.
 */
export function notSupportedYet(operation: string, code = 'OperationNotSupportedException'): NotSupported {
  const row = async () => {
    throw new ServiceError(code, `${operation} is not supported yet.`)
  }
  rows.add(row)
  return row
}

/** Whether an operation's row was made by notSupportedYet: what the list of operations is generated from. */
export function isNotSupportedYet(row: object): boolean {
  return rows.has(row)
}
