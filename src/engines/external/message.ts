import { engineOperations, workflowToken } from '../../catalog/engine-work.ts'
import type { EngineArtifact, EngineRequest } from '../engine.ts'

/**
 * AWS's message to an engine, member for member (admin guide, "External engines"; a terminate has no product, artifact,
 * parameters and tags). The token is what the engine gives back as WorkflowToken.
 */
export function operationMessage(request: EngineRequest): Record<string, unknown> {
  const { work, artifact } = request
  const common = {
    token: workflowToken(request.token),
    operation: engineOperations[work],
    provisionedProductId: request.provisionedProductId,
    provisionedProductName: request.provisionedProductName,
  }
  const caller = {
    recordId: request.recordId,
    launchRoleArn: request.launchRoleArn ?? null,
    identity: { principal: request.principal, awsAccountId: request.accountId, organizationId: null },
  }
  if (work === 'terminate') return { ...common, ...caller }
  return {
    ...common,
    productId: request.productId,
    provisioningArtifactId: request.provisioningArtifactId,
    ...caller,
    artifact: { path: artifact.path, type: artifact.type },
    parameters: Object.entries(request.parameters).map(([key, value]) => ({ key, value })),
    tags: request.tags.map(({ key, value }) => ({ key, value })),
  }
}

/** AWS's message to a parameter parser. */
export function parserMessage(artifact: EngineArtifact, launchRoleArn?: string): Record<string, unknown> {
  return { artifact: { path: artifact.path, type: artifact.type }, ...(launchRoleArn ? { launchRoleArn } : {}) }
}

/** What we tell an exec engine beyond AWS's message, under the member `x-bellhop`. */
export function ownMembers(request: EngineRequest): Record<string, unknown> {
  return {
    version: 1,
    region: request.region,
    productId: request.productId,
    provisioningArtifactId: request.provisioningArtifactId,
    previousOutputs: (request.previousOutputs ?? []).map(({ OutputKey, OutputValue, Description }) => ({
      key: OutputKey,
      value: OutputValue,
      description: Description,
    })),
    action: request.action,
  }
}
