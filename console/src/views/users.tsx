import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { DataTable } from '../parts/data-table.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { identityColumns } from '../parts/identity-columns.tsx'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'

const rowsOf = (output: Output<'iam.ListUsers'>) => output.Users

type Row = NonNullable<ReturnType<typeof rowsOf>>[number]

/** Users of the account. */
export default function Users() {
  const pages = usePages('iam.ListUsers', { MaxItems: 100 }, { rows: rowsOf })
  return (
    <DataTable
      title="Users"
      description="Those who sign in with access keys of their own."
      pages={pages}
      rowId={row => row.Arn}
      sort="name"
      empty="There is no user."
      actions={
        <FormButton
          label="Create user"
          variant="primary"
          title="Create user"
          submit="Create"
          fields={userFields}
          run={({ UserName = '' }) => call('iam.CreateUser', { UserName })}
          then={({ User }) => go(`${to('/users', User?.UserName ?? '')}?tab=keys`)}
        />
      }
      columns={identityColumns<Row>('/users', row => row.UserName)}
    />
  )
}

const userFields = [formField('UserName', { label: 'Name', pattern: '[A-Za-z0-9_+=,.@-]{1,64}' })]
