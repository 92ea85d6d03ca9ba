import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { useAll, useApi, usePages } from '../api/use-api.ts'
import { AccessKeys } from '../parts/access-keys.tsx'
import { FailurePage } from '../parts/failure.tsx'
import { IdentityPage } from '../parts/identity-page.tsx'
import { Memberships } from '../parts/memberships.tsx'
import { Policies } from '../parts/policies.tsx'
import { Waiting } from '../parts/waiting.tsx'
import type { ViewProps } from '../routes.ts'
import { go } from '../routing/use-location.ts'
import { visible } from '../words/text.ts'

/** One user: policies, groups and keys. */
export default function User({ id: name }: ViewProps) {
  const { data, error } = useApi('iam.GetUser', { UserName: name })
  if (error) return <FailurePage error={error} title="The user cannot be shown" />
  if (!data) return <Waiting />
  return (
    <IdentityPage
      name={name}
      arn={data.User?.Arn}
      created={data.User?.CreateDate}
      remove={() => call('iam.DeleteUser', { UserName: name })}
      removed={() => go('/users')}
      tabs={[
        { id: 'policies', label: 'Policies', content: <Policies kind="user" name={name} /> },
        { id: 'groups', label: 'Groups', content: <GroupsOf name={name} /> },
        { id: 'keys', label: 'Access keys', content: <AccessKeys userName={name} /> },
      ]}
    />
  )
}

const groupsOf = (output: Output<'iam.ListGroupsForUser'>) => output.Groups
const allOf = (output: Output<'iam.ListGroups'>) => output.Groups

function GroupsOf({ name }: { readonly name: string }) {
  const pages = usePages('iam.ListGroupsForUser', { UserName: name }, { rows: groupsOf })
  const all = useAll(usePages('iam.ListGroups', { MaxItems: 100 }, { rows: allOf }))
  return (
    <Memberships
      title="Groups"
      empty="The user is in no group."
      pages={pages}
      all={all}
      nameOf={row => row.GroupName}
      path="/groups"
      membership={GroupName => ({ UserName: name, GroupName })}
      adding={{ label: 'Add to group', title: `Add ${visible(name)} to a group`, field: 'Group' }}
      removing={group => `Remove from ${visible(group)}`}
    />
  )
}
