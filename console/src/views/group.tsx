import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { useAll, useApi, usePages } from '../api/use-api.ts'
import { FailurePage } from '../parts/failure.tsx'
import { IdentityPage } from '../parts/identity-page.tsx'
import { Memberships } from '../parts/memberships.tsx'
import { Policies } from '../parts/policies.tsx'
import { Waiting } from '../parts/waiting.tsx'
import type { ViewProps } from '../routes.ts'
import { go } from '../routing/use-location.ts'
import { visible } from '../words/text.ts'

/** One group: policies and members. */
export default function Group({ id: name }: ViewProps) {
  const { data, error } = useApi('iam.GetGroup', { GroupName: name })
  if (error) return <FailurePage error={error} title="The group cannot be shown" />
  if (!data) return <Waiting />
  return (
    <IdentityPage
      name={name}
      arn={data.Group?.Arn}
      created={data.Group?.CreateDate}
      remove={() => call('iam.DeleteGroup', { GroupName: name })}
      removed={() => go('/groups')}
      tabs={[
        { id: 'policies', label: 'Policies', content: <Policies kind="group" name={name} /> },
        { id: 'members', label: 'Members', content: <Members name={name} /> },
      ]}
    />
  )
}

const membersOf = (output: Output<'iam.GetGroup'>) => output.Users
const usersOf = (output: Output<'iam.ListUsers'>) => output.Users

function Members({ name }: { readonly name: string }) {
  const pages = usePages('iam.GetGroup', { GroupName: name, MaxItems: 100 }, { rows: membersOf })
  const all = useAll(usePages('iam.ListUsers', { MaxItems: 100 }, { rows: usersOf }))
  return (
    <Memberships
      title="Members"
      empty="It has no members."
      pages={pages}
      all={all}
      nameOf={row => row.UserName}
      path="/users"
      membership={UserName => ({ UserName, GroupName: name })}
      adding={{ label: 'Add member', title: `Add a user to ${visible(name)}`, field: 'User' }}
      removing={user => `Remove ${visible(user)}`}
    />
  )
}
