import type {
  ProvisionedProductPlanDetails,
  ProvisionedProductPlanStatus,
  ResourceChange,
  Tag,
  UpdateProvisioningPreferences,
} from '../model/generated/servicecatalog.ts'
import type { NotificationTargets, StackSetRoles } from './entities.ts'
import type { Scope } from './scope.ts'

/** A plan: everything that its execution needs, so that what was looked at is what happens. */
export interface ProvisionedProductPlan {
  readonly scope: Scope
  readonly userArn: string
  readonly detail: ProvisionedProductPlanDetails & {
    readonly PlanId: string
    readonly PlanName: string
    readonly ProductId: string
    readonly ProvisioningArtifactId: string
    readonly PathId: string
    readonly ProvisionProductId: string
    readonly ProvisionProductName: string
    readonly Status: ProvisionedProductPlanStatus
    readonly CreatedTime: Date
    readonly UpdatedTime: Date
  }
  readonly changes: readonly ResourceChange[]
  readonly parameters: Readonly<Record<string, string>>
  readonly tags: readonly Tag[]
  readonly launchRoleArn?: string
  readonly notifications?: NotificationTargets
  /**
   * The last provisioning of the product that is to be updated: once there is another, the plan is out of date. Absent
   * when the plan makes a new product.
   */
  readonly basedOn?: string
  readonly provisioningPreferences?: UpdateProvisioningPreferences
  readonly stackSetRoles?: StackSetRoles
  /** What the engine keeps the plan by. */
  readonly planned?: unknown
}

/** Whether a plan is still to be executed, or is being executed: a product has one of these at a time. */
export function isOpen(status: ProvisionedProductPlanStatus): boolean {
  return status === 'CREATE_IN_PROGRESS' || status === 'CREATE_SUCCESS' || status === 'EXECUTE_IN_PROGRESS'
}

/** Whether something is being done for a plan right now; it cannot be deleted then. */
export function isAtWork(status: ProvisionedProductPlanStatus): boolean {
  return status === 'CREATE_IN_PROGRESS' || status === 'EXECUTE_IN_PROGRESS'
}

/** What a product is, or is to be, made from. */
interface Provisioning {
  readonly artifactId: string
  readonly parameters: Readonly<Record<string, string>>
  readonly tags: readonly Tag[]
}

/**
 * What would change, as far as it can be known without the engine: the version, parameters and tags, each as a resource of
 * Bellhop's own type. Values are not shown: some are secrets. By kind, then by name.
 */
export function plannedChanges(before: Provisioning | undefined, after: Provisioning): readonly ResourceChange[] {
  const version = before?.artifactId === after.artifactId ? [] : [after.artifactId]
  return [
    ...version.map(id => change(before ? 'MODIFY' : 'ADD', 'Bellhop::ProvisioningArtifact', id, 'PROPERTIES', id)),
    ...difference(
      new Map(Object.entries(before?.parameters ?? {})),
      new Map(Object.entries(after.parameters)),
      'Bellhop::Parameter',
      'PROPERTIES',
    ),
    ...difference(byKey(before?.tags ?? []), byKey(after.tags), 'Bellhop::Tag', 'TAGS'),
  ]
}

function byKey(tags: readonly Tag[]): ReadonlyMap<string, string> {
  return new Map(tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']))
}

function difference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  type: string,
  attribute: 'PROPERTIES' | 'TAGS',
): ResourceChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names
    .filter(name => before.get(name) !== after.get(name))
    .map(name => {
      const action = !before.has(name) ? 'ADD' : !after.has(name) ? 'REMOVE' : 'MODIFY'
      return change(action, type, name, attribute, name)
    })
}

function change(
  Action: NonNullable<ResourceChange['Action']>,
  ResourceType: string,
  LogicalResourceId: string,
  Attribute: 'PROPERTIES' | 'TAGS',
  CausingEntity: string,
): ResourceChange {
  return {
    Action,
    LogicalResourceId,
    ResourceType,
    Scope: [Attribute],
    Details: [{ Target: { Attribute, Name: LogicalResourceId }, Evaluation: 'STATIC', CausingEntity }],
  }
}
