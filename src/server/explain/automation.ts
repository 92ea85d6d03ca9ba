import { automationDefinitionArn } from '../../catalog/arns.ts'
import { denial } from '../../identity/authorise.ts'
import { evaluate } from '../../identity/evaluate.ts'
import type { Gate } from '../../model/generated/bellhop.ts'
import type { Storage } from '../../storage/storage.ts'
import type { JudgedCall } from './index.ts'
import { policyGates } from './policies.ts'

const action = 'ssm:StartAutomationExecution'

/** A service action that names no role runs by what its caller may do: they must be allowed to start its document. */
export async function automationGates(judged: JudgedCall, storage: Storage): Promise<readonly Gate[]> {
  const { principal, call, incoming, scope } = judged
  const { ProvisionedProductId: productId, ServiceActionId: actionId } = incoming.input
  if (incoming.operation !== 'ExecuteProvisionedProductServiceAction') return []
  if (typeof productId !== 'string' || typeof actionId !== 'string') return []
  const provisioned = await storage.provisionedProducts.get(scope, productId)
  if (!provisioned) return []
  // The actions of a shared product are its owner's, and so are their documents.
  const owner = (await storage.products.getUsable(scope, provisioned.detail.ProductId))?.scope ?? scope
  const definition = (await storage.serviceActions.get(owner, actionId))?.detail.Definition
  if (!definition || definition.AssumeRole !== undefined) return []
  const document = await storage.documents.getVersion(owner, definition.Name ?? '', definition.Version ?? '$DEFAULT')
  if (!document) return []
  const resource = automationDefinitionArn(owner, document.name, document.version)
  const request = { action, resource, keys: call.keys }
  const verdict = evaluate(principal.permissions, request)
  const reason = verdict === 'allowed' ? undefined : denial(principal, action, resource, verdict)
  return policyGates(principal.permissions, request, reason, 'AUTOMATION')
}
