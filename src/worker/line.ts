import type { Execution } from '../catalog/execution.ts'
import { type Counted, type LimitKeys, type Limits, lineOf } from '../catalog/limits.ts'
import type { Storage } from '../storage/storage.ts'
import { engineTag } from './engine-tools.ts'

/**
 * The line that an execution stands in; undefined: nothing limits it. What runs its document for many targets does no work of
 * its own, its runs do. An action is limited where it is run on a product, not in what its document starts.
 */
export async function executionLine(
  execution: Execution,
  limits: Limits,
  storage: Storage,
): Promise<LimitKeys | undefined> {
  if (execution.rateControl) return undefined
  const { accountId } = execution.scope
  return lineOf(limits, {
    accountId,
    action: isSet(limits.actions) ? await actionOf(execution, storage) : undefined,
    engine: isSet(limits.engines) ? await engineOf(execution, storage) : undefined,
  })
}

function isSet({ default: fallback, named }: Limits['actions']): boolean {
  return fallback !== undefined || Object.keys(named).length > 0
}

async function actionOf({ scope, recordId }: Execution, storage: Storage): Promise<Counted['action']> {
  const record = recordId === undefined ? undefined : await storage.records.get(scope, recordId)
  const id = record?.request.serviceActionId
  if (id === undefined) return undefined
  // Actions of a shared product are its owner's.
  const product = await storage.products.getProvisioned(scope.region, record?.detail.ProductId ?? '')
  const action = await storage.serviceActions.get(product?.scope ?? scope, id)
  return { id, name: action?.detail.ServiceActionSummary.Name }
}

/** The engine that does the work, or that an action's document has something done by. */
async function engineOf(execution: Execution, storage: Storage): Promise<Counted['engine']> {
  const { scope, kind, document, provisionedProductId } = execution
  if (kind !== 'engine' && !document.content.includes('bellhop:invokeEngine')) return undefined
  const provisioned = await storage.provisionedProducts.get(scope, provisionedProductId ?? '')
  if (!provisioned) return undefined
  const { Type: type, ProductId } = provisioned.detail
  const product = await storage.products.getProvisioned(scope.region, ProductId)
  const name = product?.tags.find(tag => tag.Key === engineTag)?.Value
  return { type, name: name ?? (type.startsWith('TERRAFORM_') ? 'default' : undefined) }
}
