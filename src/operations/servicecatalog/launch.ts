import { provisionedProductArn } from '../../catalog/arns.ts'
import { type ConstraintEffects, constraintEffects } from '../../catalog/constraint-parameters.ts'
import type { CatalogRecord, NotificationTargets, ProvisionedProduct } from '../../catalog/entities.ts'
import { PreferencesError, stackSetPreferences } from '../../catalog/stack-set.ts'
import { withoutAutoTags } from '../../catalog/tags.ts'
import {
  attributeKey,
  brokenAssertions,
  MissingAttributes,
  type RuleSubject,
  TemplateRuleError,
} from '../../catalog/template-rules.ts'
import type {
  ProvisioningArtifactParameter,
  Tag,
  UpdateProvisioningParameter,
  UpdateProvisioningPreferences,
} from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'
import { resolveLaunchPath } from './launch-path.ts'
import { findProductAndArtifact, requireActive } from './product-and-artifact.ts'
import { launchRole, provisioningValues } from './provisioning-parameters.ts'
import { tagsOfLaunch, tagsOfUpdate } from './provisioning-tags.ts'

/** What a request says of the version, the path and what goes with them. */
interface Asked {
  readonly ProductId?: string
  readonly ProductName?: string
  readonly ProvisioningArtifactId?: string
  readonly ProvisioningArtifactName?: string
  readonly PathId?: string
  readonly PathName?: string
  readonly ProvisioningParameters?: readonly UpdateProvisioningParameter[]
  readonly Tags?: readonly Tag[]
  readonly NotificationArns?: readonly string[]
  readonly ProvisioningPreferences?: UpdateProvisioningPreferences
}

/** What only a CFN_STACKSET product's work has; empty for others. */
type StackSetWork = Pick<CatalogRecord['request'], 'provisioningPreferences' | 'stackSetRoles'>

type Needs = Pick<Services, 'storage' | 'artifacts' | 'ruleAttributes'>

/** What a product of each type becomes when it is provisioned, in the API's words. */
const provisionedTypes: Readonly<Record<string, string>> = {
  CLOUD_FORMATION_TEMPLATE: 'CFN_STACK',
  TERRAFORM_OPEN_SOURCE: 'TERRAFORM_OPEN_SOURCE',
  TERRAFORM_CLOUD: 'TERRAFORM_CLOUD',
  EXTERNAL: 'EXTERNAL',
}

/**
 * The provisioned product that a request asks for, in `status`, with everything checked that can be before it is accepted:
 * version, path, parameters, template rules, tags, preferences. `known` are the version's parameters, where they are known. Throws
 * ResourceNotFoundException and InvalidParametersException.
 */
export async function newLaunch(
  asked: Asked & { readonly ProvisionedProductName: string },
  caller: Caller,
  services: Needs & Pick<Services, 'clock' | 'ids'>,
  status: 'UNDER_CHANGE' | 'PLAN_IN_PROGRESS',
  token: string,
): Promise<{
  provisioned: ProvisionedProduct
  known: readonly ProvisioningArtifactParameter[] | undefined
  stackSet: StackSetWork
}> {
  const { storage, artifacts, clock, ids } = services
  const { product, artifact } = await findProductAndArtifact(storage, caller, asked)
  const path = await resolveLaunchPath(storage, caller, product.id, asked)
  requireActive(artifact)
  if (artifact.detail.Guidance === 'DEPRECATED') {
    throw new InvalidParametersException(
      `Provisioning artifact ${artifact.detail.Id} is deprecated: what has been provisioned with it can be updated, but nothing new can be launched.`,
    )
  }
  const effects = constraintEffects(path.constraints)
  const type = provisionedType(product.view.ProductViewSummary?.Type, effects)
  if (!type) {
    throw new InvalidParametersException(
      `Products of type ${product.view.ProductViewSummary?.Type} cannot be provisioned.`,
    )
  }
  const known = await artifacts.parameters(product, artifact)
  const parameters = provisioningValues(known, asked.ProvisioningParameters ?? [])
  const launchRoleArn = launchRole(caller.scope, path.constraints)
  await requireRules(effects, { values: parameters, known, ...caller.scope }, launchRoleArn, services)
  const stackSet = stackSetWork(type, effects, asked.ProvisioningPreferences)
  const id = ids.next('provisionedProduct')
  const arn = provisionedProductArn(caller.scope, asked.ProvisionedProductName, id)
  const launch = { product, artifactId: artifact.detail.Id, path, given: asked.Tags }
  const tags = await tagsOfLaunch(storage, caller, launch, arn)
  const provisioned: ProvisionedProduct = {
    scope: caller.scope,
    userArn: caller.arn,
    userArnSession: caller.arn,
    pathId: path.pathId,
    // AWS puts no AutoTags on stack sets (administrator guide, "AutoTags").
    tags: type === 'CFN_STACKSET' ? withoutAutoTags(tags) : tags,
    parameters,
    outputs: [],
    resources: [],
    notifications: {
      given: asked.NotificationArns ?? [],
      ofConstraints: effects.notificationArns,
    },
    detail: {
      Name: asked.ProvisionedProductName,
      Arn: arn,
      Type: type,
      Id: id,
      Status: status,
      CreatedTime: clock.now(),
      IdempotencyToken: token,
      ProductId: product.id,
      ProvisioningArtifactId: artifact.detail.Id,
      LaunchRoleArn: launchRoleArn,
    },
  }
  return { provisioned, known, stackSet }
}

export interface UpdateLaunch {
  readonly artifact: { readonly productId: string; readonly id: string; readonly pathId: string }
  readonly parameters: Readonly<Record<string, string>>
  readonly tags: readonly Tag[]
  readonly launchRoleArn: string | undefined
  readonly notifications: NotificationTargets
  readonly known: readonly ProvisioningArtifactParameter[] | undefined
  readonly stackSet: StackSetWork
}

/** What a request makes of a product that is there; what it does not name stays as it is. Throws as newLaunch. */
export async function updateLaunch(
  asked: Asked,
  provisioned: ProvisionedProduct,
  caller: Caller,
  services: Needs,
): Promise<UpdateLaunch> {
  const { storage, artifacts } = services
  const { product, artifact } = await findProductAndArtifact(storage, caller, {
    ...(asked.ProductName
      ? { ProductName: asked.ProductName }
      : { ProductId: asked.ProductId ?? provisioned.detail.ProductId }),
    ...(asked.ProvisioningArtifactName
      ? { ProvisioningArtifactName: asked.ProvisioningArtifactName }
      : { ProvisioningArtifactId: asked.ProvisioningArtifactId ?? provisioned.detail.ProvisioningArtifactId }),
  })
  const path = await resolveLaunchPath(storage, caller, product.id, {
    ...(asked.PathName ? { PathName: asked.PathName } : { PathId: asked.PathId ?? provisioned.pathId }),
  })
  requireActive(artifact)
  const launch = { product, artifactId: artifact.detail.Id, path, given: asked.Tags }
  const tags = await tagsOfUpdate(storage, caller, launch, provisioned)
  const known = await artifacts.parameters(product, artifact)
  const parameters = provisioningValues(known, asked.ProvisioningParameters ?? [], provisioned)
  const effects = constraintEffects(path.constraints)
  const launchRoleArn = provisioned.launchRoleOverride ?? launchRole(caller.scope, path.constraints)
  await requireRules(effects, { values: parameters, known, ...caller.scope }, launchRoleArn, services)
  const type = provisionedType(product.view.ProductViewSummary?.Type, effects)
  if (type !== provisioned.detail.Type) {
    throw new InvalidParametersException(
      `Provisioned product ${provisioned.detail.Id} is of type ${provisioned.detail.Type}; by this version and launch path it would be of type ${type}.`,
    )
  }
  return {
    artifact: { productId: product.id, id: artifact.detail.Id, pathId: path.pathId },
    parameters,
    tags: type === 'CFN_STACKSET' ? withoutAutoTags(tags) : tags,
    launchRoleArn,
    notifications: {
      given: asked.NotificationArns ?? provisioned.notifications?.given ?? [],
      ofConstraints: effects.notificationArns,
    },
    known,
    stackSet: stackSetWork(type, effects, asked.ProvisioningPreferences),
  }
}

function provisionedType(productType: string | undefined, { stackSet }: ConstraintEffects): string | undefined {
  const type = provisionedTypes[productType ?? '']
  return type === 'CFN_STACK' && stackSet ? 'CFN_STACKSET' : type
}

/** Throws InvalidParametersException, in the words of the rules' authors, when a TEMPLATE constraint is not satisfied. */
async function requireRules(
  { rules }: ConstraintEffects,
  subject: Omit<RuleSubject, 'attributes'>,
  launchRoleArn: string | undefined,
  { ruleAttributes }: Pick<Services, 'ruleAttributes'>,
): Promise<void> {
  const attributes = new Map<string, string>()
  for (;;) {
    try {
      const broken = brokenAssertions(rules, { ...subject, attributes })
      if (broken.length > 0) throw new InvalidParametersException(broken.join(' '))
      return
    } catch (error) {
      if (error instanceof TemplateRuleError) throw new InvalidParametersException(error.message)
      if (!(error instanceof MissingAttributes)) throw error
      const values = await ruleAttributes.lookUp(subject, launchRoleArn, error.attributes)
      for (const [i, attribute] of error.attributes.entries()) attributes.set(attributeKey(attribute), values[i]!)
    }
  }
}

/** Throws InvalidParametersException for preferences that the STACKSET constraint does not allow, or without one. */
function stackSetWork(
  type: string | undefined,
  { stackSet }: ConstraintEffects,
  asked: UpdateProvisioningPreferences | undefined,
): StackSetWork {
  if (type !== 'CFN_STACKSET' || !stackSet) {
    if (asked === undefined || Object.keys(asked).length === 0) return {}
    throw new InvalidParametersException(
      `ProvisioningPreferences are for provisioned products of type CFN_STACKSET; this one is of type ${type}.`,
    )
  }
  try {
    return { provisioningPreferences: stackSetPreferences(stackSet, asked), stackSetRoles: stackSet.roles }
  } catch (error) {
    if (error instanceof PreferencesError) throw new InvalidParametersException(error.message)
    throw error
  }
}
