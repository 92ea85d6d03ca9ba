import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { useAll, useApi, usePages } from '../api/use-api.ts'
import { AccessKeys } from '../parts/access-keys.tsx'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Failure } from '../parts/failure.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { IdentityPage } from '../parts/identity-page.tsx'
import { Policies } from '../parts/policies.tsx'
import { Waiting } from '../parts/waiting.tsx'
import type { ViewProps } from '../routes.ts'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'

/** One user: policies, groups and keys. */
export default function User({ id: name }: ViewProps) {
  const { data, error } = useApi('iam.GetUser', { UserName: name })
  if (error) return <Failure error={error} title="The user cannot be shown" />
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
const markers = { tokenIn: 'Marker', tokenOut: 'Marker' }

function GroupsOf({ name }: { readonly name: string }) {
  const pages = usePages('iam.ListGroupsForUser', { UserName: name }, { rows: groupsOf, ...markers })
  const all = useAll(usePages('iam.ListGroups', { MaxItems: 100 }, { rows: allOf, ...markers }))
  const here = new Set(pages.rows.map(each => each.GroupName))
  return (
    <DataTable
      title="Groups"
      variant="container"
      pages={pages}
      rowId={row => row.GroupName}
      sort="name"
      empty="The user is in no group."
      actions={
        <FormButton
          label="Add to group"
          title={`Add ${visible(name)} to a group`}
          submit="Add"
          done="The user was added."
          fields={[
            formField('GroupName', {
              label: 'Group',
              options: all.map(each => each.GroupName).filter(each => !here.has(each)),
            }),
          ]}
          run={({ GroupName = '' }) => call('iam.AddUserToGroup', { UserName: name, GroupName })}
        />
      }
      columns={[
        {
          id: 'name',
          header: 'Name',
          width: 280,
          value: row => row.GroupName,
          cell: row => <a href={to('/groups', row.GroupName)}>{visible(row.GroupName)}</a>,
        },
        {
          id: 'remove',
          header: 'Remove',
          cell: row => (
            <ConfirmButton
              variant="inline-link"
              label="Remove"
              ariaLabel={`Remove from ${visible(row.GroupName)}`}
              title={`Remove ${visible(name)} from ${visible(row.GroupName)}?`}
              run={() => call('iam.RemoveUserFromGroup', { UserName: name, GroupName: row.GroupName })}
              done="The user was removed."
            >
              What the group's policies allow is no longer allowed to the user.
            </ConfirmButton>
          ),
        },
      ]}
    />
  )
}
