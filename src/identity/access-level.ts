/**
 * How far an operation on provisioned products reaches: what the caller made, what sessions of the caller's role made, or
 * what anybody of the account made. Each holds the one before (Service Catalog administrator guide, access levels).
 */
export type AccessLevel = 'user' | 'role' | 'account'

/** Narrowest first. */
export const accessLevels: readonly AccessLevel[] = ['user', 'role', 'account']

/** Who asks, and how far the operation they call may reach. */
interface Reach {
  readonly arn: string
  readonly roleArn?: string
  readonly accessLevel: AccessLevel
}

/** What ARNs of sessions of the caller's role begin with; undefined for a user. */
export function roleSessions({ arn, roleArn }: Pick<Reach, 'arn' | 'roleArn'>): string | undefined {
  return roleArn === undefined ? undefined : arn.slice(0, arn.lastIndexOf('/') + 1)
}

/** Whether what belongs to `owner`, an ARN, is within a caller's reach. A user has no role: to them, role is user. */
export function reaches(caller: Reach, owner: string): boolean {
  if (caller.accessLevel === 'account' || caller.arn === owner) return true
  const sessions = roleSessions(caller)
  if (caller.accessLevel === 'user' || sessions === undefined) return false
  return owner === caller.roleArn || owner.startsWith(sessions)
}

/**
 * The condition keys that a product has for a caller it belongs to at a level; their value is always `self`. What is the
 * user's own is the role's and the account's too, so a policy that allows the account allows all three.
 */
export function levelKeys(level: AccessLevel): readonly string[] {
  return accessLevels.slice(accessLevels.indexOf(level)).map(each => `servicecatalog:${each}level`)
}

/**
 * Operations that know access levels; for all others a condition on them never holds (IAM's list of Service Catalog's
 * condition keys).
 */
export const levelledOperations: ReadonlySet<string> = new Set([
  'CreateProvisionedProductPlan',
  'DeleteProvisionedProductPlan',
  'DescribeProvisionedProduct',
  'DescribeProvisionedProductPlan',
  'DescribeRecord',
  'DescribeServiceActionExecutionParameters',
  'ExecuteProvisionedProductPlan',
  'ExecuteProvisionedProductServiceAction',
  'GetProvisionedProductOutputs',
  'ListProvisionedProductPlans',
  'ListRecordHistory',
  'ListServiceActionsForProvisioningArtifact',
  'ListStackInstancesForProvisionedProduct',
  'ScanProvisionedProducts',
  'SearchProvisionedProducts',
  'TerminateProvisionedProduct',
  'UpdateProvisionedProduct',
])
