import type { EngineTask } from '../catalog/engine-work.ts'
import type { ProvisionedProduct, ProvisioningArtifact } from '../catalog/entities.ts'
import type { Execution, Signal } from '../catalog/execution.ts'
import type { ProvisionedProductPlan } from '../catalog/plan.ts'
import { type Engine, EngineError, type EngineProgress, type EngineRequest } from '../engines/engine.ts'
import type { Tag } from '../model/generated/servicecatalog.ts'
import type { EngineTools, Progress } from '../runbook/action.ts'
import type { Storage } from '../storage/storage.ts'

/** The tag of a product that names the engine its provisioned products are made with. */
export const engineTag = 'bellhop:engine'

/** An engine as it is called to those who watch: by the type of its provisioned products, and its name. */
export interface SeenEngine {
  readonly type: string
  readonly name: string
}

export type SeenProgress =
  | { readonly state: 'running' }
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed'; readonly message: string }

/** Is told how engines' work goes; nothing that it does may fail. */
export interface EngineObserver {
  /** The engine that works for this execution, if that was told. */
  of(executionId: string): SeenEngine | undefined
  tell(executionId: string, engine: SeenEngine, progress: SeenProgress): void
  /** The work is not looked at any more: it was cancelled. */
  left(executionId: string): void
}

/** The engine behind an execution's product, as the runbook's actions use it. */
export function engineTools(
  storage: Storage,
  engineFor: (productType: string) => Engine,
  execution: Execution,
  signals: readonly Signal[],
  observer?: EngineObserver,
): EngineTools {
  let type = ''
  const engine = async () => {
    const product = await storage.provisionedProducts.get(execution.scope, execution.provisionedProductId ?? '')
    type = product?.detail.Type ?? ''
    return product && engineFor(type)
  }
  /** Tells the observer, and answers the same. */
  const seen = (name: string | undefined, progress: EngineProgress): EngineProgress => {
    observer?.tell(execution.id, observer.of(execution.id) ?? { type, name: name ?? 'default' }, progress)
    return progress
  }
  return {
    async start(work, token, action) {
      const found = await engine()
      const request = await engineRequest(storage, execution, work, token, action)
      if (!found || !request) return gone()
      // AWS: the provisioned product goes, and nothing it is made of is touched.
      if (work === 'terminate' && request.retainPhysicalResources) {
        return asProgress({ work, token }, { state: 'succeeded', outputs: [] })
      }
      if (work === 'import') return imported(found, request)
      if (work !== 'plan') {
        return asProgress({ work, token, action }, seen(request.engineName, await found.start(request)))
      }
      if (!found.plan) return failure('The engine of this product cannot tell what would change.')
      return asProgress({ work, token }, seen(request.engineName, await found.plan(request)))
    },
    async poll(handle) {
      const { engine: inner, ...asked } = handle as WorkHandle
      const request = () => engineRequest(storage, execution, asked.work, asked.token ?? '', asked.action)
      const found = await engine()
      if (!found) return gone()
      const progress = await found.poll(inner, signals, request)
      // Once for work that was begun before this process was.
      const isKnown = !observer || observer.of(execution.id) !== undefined
      return asProgress(asked, seen(isKnown ? undefined : (await request())?.engineName, progress))
    },
    async cancel(handle) {
      observer?.left(execution.id)
      await (await engine())?.cancel((handle as WorkHandle).engine)
    },
  }
}

/** What was asked of the engine, which is kept so that it can be asked again. */
interface Asked {
  readonly work: EngineTask
  /** Absent in handles that an older version wrote. */
  readonly token?: string
  readonly action?: EngineRequest['action'] | undefined
}

interface WorkHandle extends Asked {
  readonly engine: unknown
}

/** What the engine is asked for by an execution; undefined when its product or record is gone. */
async function engineRequest(
  storage: Storage,
  execution: Execution,
  work: EngineTask,
  token: string,
  action: EngineRequest['action'],
): Promise<EngineRequest | undefined> {
  const { scope, recordId, planId, provisionedProductId, executedBy, roleArn } = execution
  const provisioned = await storage.provisionedProducts.get(scope, provisionedProductId ?? '')
  if (!provisioned) return undefined
  if (work === 'plan') {
    const plan = await storage.plans.get(scope, planId ?? '')
    return plan && { ...(await plannedRequest(storage, provisioned, plan)), token }
  }
  const record = await storage.records.get(scope, recordId ?? '')
  if (!record) return undefined
  const { detail, request } = record
  const plan = request.planId === undefined ? undefined : await storage.plans.get(scope, request.planId)
  return {
    ...(await whatItIsOf(storage, provisioned, detail)),
    // What is imported is looked at, and made what a provision would have made it.
    work: work === 'import' ? 'provision' : work,
    token,
    action,
    recordId: detail.RecordId,
    launchRoleArn: roleArn ?? detail.LaunchRoleArn,
    principal: executedBy,
    parameters: request.parameters ?? provisioned.parameters,
    tags: asPairs(request.tags ?? provisioned.tags),
    notificationArns: record.notificationArns,
    provisioningPreferences: request.provisioningPreferences,
    stackSetRoles: request.stackSetRoles,
    retainPhysicalResources: request.retainPhysicalResources,
    ignoreErrors: request.ignoreErrors,
    physicalId: request.physicalId,
    planned: plan?.planned,
  }
}

/** What a plan asks of the engine, without a token: plans are made by executions, but discarded by whoever deletes them. */
export async function plannedRequest(
  storage: Storage,
  provisioned: ProvisionedProduct,
  plan: ProvisionedProductPlan,
): Promise<Omit<EngineRequest, 'token'>> {
  const { detail, basedOn, notifications } = plan
  return {
    ...(await whatItIsOf(storage, provisioned, detail)),
    work: basedOn === undefined ? 'provision' : 'update',
    // A plan has no record yet; what is made for it is named after the plan.
    recordId: detail.PlanId,
    launchRoleArn: plan.launchRoleArn,
    principal: plan.userArn,
    parameters: plan.parameters,
    tags: asPairs(plan.tags),
    notificationArns: [...new Set([...(notifications?.given ?? []), ...(notifications?.ofConstraints ?? [])])],
    provisioningPreferences: plan.provisioningPreferences,
    stackSetRoles: plan.stackSetRoles,
    planned: plan.planned,
  }
}

/** What a product asks of the engine that is to be made of something that is there. */
export async function importRequest(
  storage: Storage,
  provisioned: ProvisionedProduct,
  physicalId: string,
): Promise<EngineRequest> {
  const { detail, userArn } = provisioned
  return {
    ...(await whatItIsOf(storage, provisioned, detail)),
    work: 'provision',
    token: detail.Id,
    recordId: detail.Id,
    principal: userArn,
    parameters: {},
    tags: [],
    physicalId,
  }
}

/** The product and version that `named` is about, and the provisioned product as it is. */
async function whatItIsOf(
  storage: Storage,
  provisioned: ProvisionedProduct,
  named: { readonly ProductId?: string; readonly ProvisioningArtifactId?: string },
) {
  const { scope, detail, outputs } = provisioned
  const productId = named.ProductId ?? detail.ProductId
  const artifactId = named.ProvisioningArtifactId ?? detail.ProvisioningArtifactId
  const product = await storage.products.getProvisioned(scope.region, productId)
  const artifact = await storage.artifacts.get(product?.scope ?? scope, productId, artifactId)
  return {
    accountId: scope.accountId,
    region: scope.region,
    provisionedProductId: detail.Id,
    provisionedProductName: detail.Name,
    productId,
    provisioningArtifactId: artifactId,
    artifact: { id: artifactId, path: artifact ? artifactPath(artifact) : '', type: 'AWS_S3' as const },
    engineName: product?.tags.find(tag => tag.Key === engineTag)?.Value,
    previousOutputs: outputs,
  }
}

/** Where the engine finds an artifact: what was taken from a stack lies in the artifact store. */
export function artifactPath({ info, storedAt }: ProvisioningArtifact): string {
  return storedAt ?? info['LoadTemplateFromURL'] ?? info['ImportFromPhysicalId'] ?? ''
}

function asPairs(tags: readonly Tag[]): EngineRequest['tags'] {
  return tags.map(({ Key, Value }) => ({ key: Key ?? '', value: Value ?? '' }))
}

function asProgress(asked: Asked, progress: EngineProgress): Progress {
  switch (progress.state) {
    case 'running':
      return {
        state: 'waiting',
        handle: { ...asked, engine: progress.handle } satisfies WorkHandle,
        wakeAt: progress.wakeAt,
        progress: progress.progress,
        inError: progress.inError,
      }
    case 'succeeded': {
      // An action that puts nothing out leaves the product's outputs as they are; a provision without outputs has none.
      const outputs = progress.outputs.length > 0 || asked.work !== 'action' ? progress.outputs : undefined
      const { resources, parameters, changes, planned } = progress
      return {
        state: 'succeeded',
        response: progress.response ?? {},
        engineResult: { outputs, resources, parameters, changes, planned },
      }
    }
    case 'failed': {
      const { message, outputs, resources, errors, broken } = progress
      return {
        state: 'failed',
        failure: { stage: 'Engine', type: 'Failed', message },
        engineResult: { outputs, resources, errors, broken },
      }
    }
  }
}

function gone(): Progress {
  return failure('The provisioned product is no longer there.')
}

async function imported(engine: Engine, request: EngineRequest): Promise<Progress> {
  if (!engine.import) return failure('The engine of this product cannot take over what is there.')
  try {
    return asProgress({ work: 'import' }, { state: 'succeeded', ...(await engine.import(request)) })
  } catch (error) {
    if (error instanceof EngineError) return failure(error.message)
    throw error
  }
}

function failure(message: string): Progress {
  return { state: 'failed', failure: { stage: 'Engine', type: 'Failed', message } }
}
