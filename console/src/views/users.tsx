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

const rowsOf = (output: Output<'iam.ListUsers'>) => output.Users

/** Users of the account. */
export default function Users() {
  const pages = usePages('iam.ListUsers', { MaxItems: 100 }, { rows: rowsOf, tokenIn: 'Marker', tokenOut: 'Marker' })
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
      columns={[
        {
          id: 'name',
          header: 'Name',
          width: 260,
          value: row => row.UserName,
          cell: row => <Link href={to('/users', row.UserName)}>{visible(row.UserName)}</Link>,
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

const userFields = [formField('UserName', { label: 'Name', pattern: '[A-Za-z0-9_+=,.@-]{1,64}' })]
