import type { Execution, Signal } from '../catalog/execution.ts'
import type { Engine, EngineProgress, EngineRequest } from '../engines/engine.ts'
import type { EngineTools, Progress } from '../runbook/action.ts'
import type { Storage } from '../storage/storage.ts'

/** The tag of a product that names the engine its provisioned products are made with. */
export const engineTag = 'bellhop:engine'

/** The engine behind an execution's product, as the runbook's actions use it. */
export function engineTools(
  storage: Storage,
  engineFor: (productType: string) => Engine,
  execution: Execution,
  signals: readonly Signal[],
): EngineTools {
  const engine = async () => {
    const product = await storage.provisionedProducts.get(execution.scope, execution.provisionedProductId ?? '')
    return product && engineFor(product.detail.Type)
  }
  return {
    async start(work, token, action) {
      const request = await engineRequest(storage, execution)
      if (!request) return gone()
      const { productType, retained, ...rest } = request
      // AWS: the provisioned product goes, and nothing it is made of is touched.
      if (work === 'terminate' && retained) return asProgress(work, { state: 'succeeded', outputs: [] })
      return asProgress(work, await engineFor(productType).start({ ...rest, work, token, action }))
    },
    async poll(handle) {
      const { work, engine: inner } = handle as WorkHandle
      const found = await engine()
      return found ? asProgress(work, await found.poll(inner, signals)) : gone()
    },
    async cancel(handle) {
      await (await engine())?.cancel((handle as WorkHandle).engine)
    },
  }
}

interface WorkHandle {
  readonly work: EngineRequest['work']
  readonly engine: unknown
}

async function engineRequest(
  storage: Storage,
  { scope, recordId, provisionedProductId, executedBy, roleArn }: Execution,
): Promise<
  (Omit<EngineRequest, 'work' | 'token' | 'action'> & { productType: string; retained: boolean }) | undefined
> {
  const provisioned = await storage.provisionedProducts.get(scope, provisionedProductId ?? '')
  const record = await storage.records.get(scope, recordId ?? '')
  if (!provisioned || !record) return undefined
  const productId = record.detail.ProductId ?? provisioned.detail.ProductId
  const artifactId = record.detail.ProvisioningArtifactId ?? provisioned.detail.ProvisioningArtifactId
  const product = await storage.products.getProvisioned(scope.region, productId)
  const artifact = await storage.artifacts.get(product?.scope ?? scope, productId, artifactId)
  return {
    productType: provisioned.detail.Type,
    retained: record.request.retainPhysicalResources ?? false,
    accountId: scope.accountId,
    region: scope.region,
    recordId: record.detail.RecordId,
    provisionedProductId: provisioned.detail.Id,
    provisionedProductName: provisioned.detail.Name,
    productId,
    provisioningArtifactId: artifactId,
    artifact: {
      id: artifactId,
      path: artifact?.info['LoadTemplateFromURL'] ?? artifact?.info['ImportFromPhysicalId'] ?? '',
      type: 'AWS_S3',
    },
    engineName: product?.tags.find(tag => tag.Key === engineTag)?.Value,
    launchRoleArn: roleArn ?? record.detail.LaunchRoleArn,
    principal: executedBy,
    parameters: record.request.parameters ?? provisioned.parameters,
    previousOutputs: provisioned.outputs,
    tags: (record.request.tags ?? provisioned.tags).map(({ Key, Value }) => ({ key: Key ?? '', value: Value ?? '' })),
  }
}

function asProgress(work: EngineRequest['work'], progress: EngineProgress): Progress {
  switch (progress.state) {
    case 'running':
      return {
        state: 'waiting',
        handle: { work, engine: progress.handle } satisfies WorkHandle,
        wakeAt: progress.wakeAt,
        progress: progress.progress,
      }
    case 'succeeded': {
      // An action that puts nothing out leaves the product's outputs as they are; a provision without outputs has none.
      const outputs = progress.outputs.length > 0 || work !== 'action' ? progress.outputs : undefined
      return {
        state: 'succeeded',
        response: progress.response ?? {},
        engineResult: { outputs, resources: progress.resources },
      }
    }
    case 'failed':
      return {
        state: 'failed',
        failure: { stage: 'Engine', type: 'Failed', message: progress.message },
        engineResult: { outputs: progress.outputs, resources: progress.resources },
      }
  }
}

function gone(): Progress {
  return {
    state: 'failed',
    failure: { stage: 'Engine', type: 'Failed', message: 'The provisioned product is no longer there.' },
  }
}
