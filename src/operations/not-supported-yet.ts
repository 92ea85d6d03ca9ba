import { ServiceError } from '../protocol/errors.ts'

/**
 * The row of an operation that a later version will serve. `code` is one of the service's own where the service has one
 * that fits: Service Catalog's is OperationNotSupportedException.
 */
export function notSupportedYet(operation: string, code = 'OperationNotSupportedException'): () => Promise<never> {
  return async () => {
    throw new ServiceError(code, `${operation} is not supported yet.`)
  }
}
