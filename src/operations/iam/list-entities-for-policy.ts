import type { StoredIdentity } from '../../storage/verbs/identities.ts'
import type { IamOperation } from './operation.ts'
import { pageMembers, pageOf } from './paging.ts'
import { attachablePolicy } from './policies.ts'

/** Groups, users and roles share the pages, in this order. */
export const listEntitiesForPolicy: IamOperation<'ListEntitiesForPolicy', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const { PolicyArn: arn, EntityFilter: filter, PathPrefix: prefix = '/', PolicyUsageFilter: usage } = input
  const policy = await attachablePolicy(storage, caller.scope.accountId, arn)
  const { attached, bounded } = await storage.managedPolicies.users(caller.scope.accountId, policy.arn)
  const used = [...(usage === 'PermissionsBoundary' ? [] : attached), ...(usage === 'PermissionsPolicy' ? [] : bounded)]
  const byId = new Map(used.map(entity => [entity.id, entity]))
  const found = [...byId.values()].filter(
    ({ kind, path }) => path.startsWith(prefix) && (filter === undefined || filter.toLowerCase() === kind),
  )
  const page = pageOf(found, ({ kind, name }) => `${kind} ${name}`, input)
  const of = (kind: StoredIdentity['kind']) => page.items.filter(entity => entity.kind === kind)
  return {
    PolicyGroups: of('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
    PolicyUsers: of('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
    PolicyRoles: of('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
    ...pageMembers(page),
  }
}
