import { engineDocument } from '../../catalog/engine-work.ts'
import type { Execution } from '../../catalog/execution.ts'
import { type ProvisionedProductPlan, plannedChanges } from '../../catalog/plan.ts'
import { withoutAutoTags } from '../../catalog/tags.ts'
import type {
  CreateProvisionedProductPlanInput,
  ProvisioningArtifactParameter,
  UpdateProvisioningParameter,
} from '../../model/generated/servicecatalog.ts'
import { InvalidStateException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import { newLaunch, updateLaunch } from './launch.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { maySee } from './provisioned-product.ts'

/** A plan for a new product, which is PLAN_IN_PROGRESS until the plan is executed, or for one that is there. */
export const createProvisionedProductPlan: ServiceCatalogOperation<
  'CreateProvisionedProductPlan',
  'storage' | 'clock' | 'ids' | 'artifacts' | 'ruleAttributes' | 'engines' | 'executions'
> = async (input, caller, services) => {
  const { storage, clock, ids, engines, executions } = services
  const named = await storage.provisionedProducts.getByName(caller.scope, input.ProvisionedProductName)
  if (named && !maySee(caller, named.userArn)) {
    throw new InvalidStateException(`A stack named ${input.ProvisionedProductName} already exists.`)
  }
  let plan: ProvisionedProductPlan
  let made: Awaited<ReturnType<typeof newLaunch>>['provisioned'] | undefined
  if (named) {
    const { artifact, known, stackSet, ...update } = await updateLaunch(input, named, caller, services)
    plan = {
      ...head(input, caller, services, known, { id: named.detail.Id, pathId: artifact.pathId }),
      ...update,
      ...stackSet,
      // A product that was never provisioned cannot be in a status that a plan is made for.
      basedOn: named.detail.LastProvisioningRecordId ?? '',
      changes: plannedChanges(
        {
          artifactId: named.detail.ProvisioningArtifactId,
          parameters: named.parameters,
          tags: withoutAutoTags(named.tags),
        },
        { artifactId: artifact.id, parameters: update.parameters, tags: withoutAutoTags(update.tags) },
      ),
    }
  } else {
    const launch = await newLaunch(input, caller, services, 'PLAN_IN_PROGRESS', input.IdempotencyToken)
    made = launch.provisioned
    const { parameters, tags, notifications, pathId, detail } = made
    plan = {
      ...head(input, caller, services, launch.known, { id: detail.Id, pathId }),
      parameters,
      tags,
      notifications,
      ...launch.stackSet,
      launchRoleArn: detail.LaunchRoleArn,
      changes: plannedChanges(undefined, {
        artifactId: detail.ProvisioningArtifactId,
        parameters,
        tags: withoutAutoTags(tags),
      }),
    }
  }
  const { PlanName, PlanId, ProvisionProductId, ProvisionProductName, ProvisioningArtifactId } = plan.detail
  const answer = {
    PlanName,
    PlanId,
    ProvisionProductId,
    ProvisionedProductName: ProvisionProductName,
    ProvisioningArtifactId,
  }
  if (!engines.canPlan((named ?? made)!.detail.Type)) {
    return storage.plans.create(plan, made, undefined, caller.claim, answer)
  }
  const asked = { ...plan, changes: [], detail: { ...plan.detail, Status: 'CREATE_IN_PROGRESS' as const } }
  const execution: Execution = {
    id: ids.uuidAt(clock.now()),
    scope: caller.scope,
    kind: 'engine',
    planId: PlanId,
    provisionedProductId: ProvisionProductId,
    document: engineDocument('plan'),
    parameters: {},
    executedBy: caller.arn,
    ...(caller.trace !== undefined && { trace: caller.trace }),
    status: 'Pending',
    outputs: {},
    epoch: 0,
    createdAt: clock.now(),
  }
  const given = await storage.plans.create(asked, made, execution, caller.claim, answer)
  executions.wake(execution.id)
  return given
}

/** The plan without what its execution takes. */
function head(
  input: CreateProvisionedProductPlanInput,
  caller: Caller,
  { clock, ids }: Pick<Services, 'clock' | 'ids'>,
  known: readonly ProvisioningArtifactParameter[] | undefined,
  product: { readonly id: string; readonly pathId: string },
): Pick<ProvisionedProductPlan, 'scope' | 'userArn' | 'detail'> {
  const now = clock.now()
  return {
    scope: caller.scope,
    userArn: caller.arn,
    detail: {
      PlanId: ids.next('plan'),
      PlanName: input.PlanName,
      PlanType: input.PlanType,
      CreatedTime: now,
      UpdatedTime: now,
      // Where the engine has to find out the changes, it is CREATE_IN_PROGRESS instead.
      Status: 'CREATE_SUCCESS',
      PathId: product.pathId,
      ProductId: input.ProductId,
      ProvisionProductId: product.id,
      ProvisionProductName: input.ProvisionedProductName,
      ProvisioningArtifactId: input.ProvisioningArtifactId,
      NotificationArns: input.NotificationArns ?? [],
      ProvisioningParameters: masked(input.ProvisioningParameters ?? [], known),
      Tags: input.Tags ?? [],
    },
  }
}

/** As given, but the values of secrets, which CloudFormation shows as asterisks. */
function masked(
  given: readonly UpdateProvisioningParameter[],
  known: readonly ProvisioningArtifactParameter[] | undefined,
): readonly UpdateProvisioningParameter[] {
  const secret = new Set(known?.filter(({ IsNoEcho }) => IsNoEcho).map(({ ParameterKey }) => ParameterKey))
  return given.map(parameter =>
    parameter.Value !== undefined && secret.has(parameter.Key) ? { ...parameter, Value: '****' } : parameter,
  )
}
