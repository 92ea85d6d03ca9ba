import { managedPolicies } from '../../identity/managed-policies.ts'
import type { IamOperation } from './operation.ts'
import { pageMembers, pageOf, policyOrder } from './paging.ts'
import { shownPolicy } from './shown.ts'

export const listPolicies: IamOperation<'ListPolicies', 'storage'> = async (input, caller, { storage }) => {
  const { accountId } = caller.scope
  const { Scope: scope = 'All', PathPrefix: prefix = '/', OnlyAttached: onlyAttached, PolicyUsageFilter: usage } = input
  const own = scope === 'AWS' ? [] : await storage.managedPolicies.list(accountId)
  const uses = await storage.managedPolicies.uses(accountId)
  const found = [...own, ...(scope === 'Local' ? [] : managedPolicies)].filter(policy => {
    const use = uses.get(policy.arn)
    const path = 'path' in policy ? policy.path : '/'
    return (
      path.startsWith(prefix) &&
      (!onlyAttached || (use?.attachments ?? 0) > 0) &&
      (usage !== 'PermissionsPolicy' || (use?.attachments ?? 0) > 0) &&
      (usage !== 'PermissionsBoundary' || (use?.boundaries ?? 0) > 0)
    )
  })
  const page = pageOf(found, policyOrder, input)
  return {
    // Descriptions and tags are left out of the list, as IAM leaves them out.
    Policies: page.items.map(policy => ({
      ...shownPolicy(policy, uses.get(policy.arn)),
      Description: undefined,
      Tags: undefined,
    })),
    ...pageMembers(page),
  }
}
