import Link from '@cloudscape-design/components/link'
import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { DataTable } from '../parts/data-table.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { OneLine, Time } from '../parts/words.tsx'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'

const rowsOf = (output: Output<'iam.ListRoles'>) => output.Roles

/** Roles of the account. */
export default function Roles() {
  const pages = usePages('iam.ListRoles', { MaxItems: 100 }, { rows: rowsOf, tokenIn: 'Marker', tokenOut: 'Marker' })
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
      columns={[
        {
          id: 'name',
          header: 'Name',
          width: 260,
          value: row => row.RoleName,
          cell: row => <Link href={to('/roles', row.RoleName)}>{visible(row.RoleName)}</Link>,
        },
        {
          id: 'description',
          header: 'Description',
          width: 300,
          value: row => row.Description,
          cell: row => <OneLine>{row.Description}</OneLine>,
        },
        { id: 'arn', header: 'ARN', width: 420, value: row => row.Arn, cell: row => <OneLine>{row.Arn}</OneLine> },
        {
          id: 'created',
          header: 'Created',
          width: 200,
          value: row => row.CreateDate,
          cell: row => <Time of={row.CreateDate} />,
        },
      ]}
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
