import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { DataTable } from '../parts/data-table.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { identityColumns } from '../parts/identity-columns.tsx'
import { OneLine } from '../parts/words.tsx'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'

const rowsOf = (output: Output<'iam.ListRoles'>) => output.Roles

type Row = NonNullable<ReturnType<typeof rowsOf>>[number]

/** Roles of the account. */
export default function Roles() {
  const pages = usePages('iam.ListRoles', { MaxItems: 100 }, { rows: rowsOf })
  return (
    <DataTable
      title="Roles"
      description="What products are launched with, actions act as, and people sign in to."
      pages={pages}
      rowId={row => row.Arn}
      sort="name"
      empty="There is no role."
      actions={
        <FormButton
          label="Create role"
          variant="primary"
          title="Create role"
          submit="Create"
          fields={roleFields}
          run={({ RoleName = '', AssumeRolePolicyDocument = '', Description }) =>
            call('iam.CreateRole', { RoleName, AssumeRolePolicyDocument, ...(Description && { Description }) })
          }
          then={({ Role }) => go(to('/roles', Role?.RoleName ?? ''))}
        />
      }
      columns={identityColumns<Row>('/roles', row => row.RoleName, [
        {
          id: 'description',
          header: 'Description',
          width: 300,
          value: row => row.Description,
          cell: row => <OneLine>{row.Description}</OneLine>,
        },
      ])}
    />
  )
}

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'servicecatalog.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}

const roleFields = [
  formField('RoleName', { label: 'Name', pattern: '[A-Za-z0-9_+=,.@-]{1,64}' }),
  formField('Description', { isRequired: false, longest: 1000 }),
  formField('AssumeRolePolicyDocument', {
    label: 'Who may act as it',
    initial: JSON.stringify(trust, undefined, 2),
    isLong: true,
  }),
]
