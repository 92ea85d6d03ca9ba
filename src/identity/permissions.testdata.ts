import type { AccessLevel } from './access-level.ts'

/** Who calls, by the names of AWS's managed policies that they have. */
export const people = {
  administrator: ['AdministratorAccess'],
  'catalog administrator': ['AWSServiceCatalogAdminFullAccess'],
  auditor: ['AWSServiceCatalogAdminReadOnlyAccess'],
  requester: ['AWSServiceCatalogEndUserFullAccess'],
  onlooker: ['AWSServiceCatalogEndUserReadOnlyAccess'],
  stranger: [],
} as const

export type Person = keyof typeof people

/** What a requester may call, written out by hand: a change to the policy must be meant. */
const catalog = [
  'DescribeProduct',
  'DescribeProductView',
  'DescribeProvisioningParameters',
  'ListLaunchPaths',
  'SearchProducts',
]
const own = [
  'DescribeProvisionedProduct',
  'DescribeProvisionedProductPlan',
  'DescribeRecord',
  'DescribeServiceActionExecutionParameters',
  'GetProvisionedProductOutputs',
  'ListProvisionedProductPlans',
  'ListRecordHistory',
  'ListServiceActionsForProvisioningArtifact',
  'ListStackInstancesForProvisionedProduct',
  'ScanProvisionedProducts',
  'SearchProvisionedProducts',
]
const ownChanges = [
  'CreateProvisionedProductPlan',
  'DeleteProvisionedProductPlan',
  'ExecuteProvisionedProductPlan',
  'ExecuteProvisionedProductServiceAction',
  'TerminateProvisionedProduct',
  'UpdateProvisionedProduct',
]

/** How far an operation of Service Catalog reaches for somebody; undefined where they may not call it. */
export function expectedLevel(who: Person, operation: string): AccessLevel | undefined {
  if (who === 'administrator' || who === 'catalog administrator') return 'account'
  if (who === 'auditor') return /^(Describe|Get|List|Scan|Search)/.test(operation) ? 'account' : undefined
  if (who === 'stranger') return undefined
  if (own.includes(operation)) return 'user'
  if (catalog.includes(operation)) return 'account'
  if (who === 'onlooker') return undefined
  if (ownChanges.includes(operation)) return 'user'
  return operation === 'ProvisionProduct' ? 'account' : undefined
}
