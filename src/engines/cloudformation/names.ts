import type { EngineRequest } from '../engine.ts'

/** The name of a product's stack or stack set, as AWS forms it. */
export function productName({
  accountId,
  provisionedProductId,
}: Pick<EngineRequest, 'accountId' | 'provisionedProductId'>): string {
  return `SC-${accountId}-${provisionedProductId}`
}
