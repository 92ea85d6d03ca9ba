import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { useAll, useApi, usePages } from '../api/use-api.ts'
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

/** One group: policies and members. */
export default function Group({ id: name }: ViewProps) {
  const { data, error } = useApi('iam.GetGroup', { GroupName: name })
  if (error) return <Failure error={error} title="The group cannot be shown" />
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
const markers = { tokenIn: 'Marker', tokenOut: 'Marker' }

function Members({ name }: { readonly name: string }) {
  const pages = usePages('iam.GetGroup', { GroupName: name, MaxItems: 100 }, { rows: membersOf, ...markers })
  const all = useAll(usePages('iam.ListUsers', { MaxItems: 100 }, { rows: usersOf, ...markers }))
  const here = new Set(pages.rows.map(each => each.UserName))
  return (
    <DataTable
      title="Members"
      variant="container"
      pages={pages}
      rowId={row => row.UserName}
      sort="name"
      empty="It has no members."
      actions={
        <FormButton
          label="Add member"
          title={`Add a user to ${visible(name)}`}
          submit="Add"
          done="The user was added."
          fields={[
            formField('UserName', {
              label: 'User',
              options: all.map(each => each.UserName).filter(each => !here.has(each)),
            }),
          ]}
          run={({ UserName = '' }) => call('iam.AddUserToGroup', { GroupName: name, UserName })}
        />
      }
      columns={[
        {
          id: 'name',
          header: 'Name',
          width: 280,
          value: row => row.UserName,
          cell: row => <a href={to('/users', row.UserName)}>{visible(row.UserName)}</a>,
        },
        {
          id: 'remove',
          header: 'Remove',
          cell: row => (
            <ConfirmButton
              variant="inline-link"
              label="Remove"
              ariaLabel={`Remove ${visible(row.UserName)}`}
              title={`Remove ${visible(row.UserName)} from ${visible(name)}?`}
              run={() => call('iam.RemoveUserFromGroup', { GroupName: name, UserName: row.UserName })}
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
