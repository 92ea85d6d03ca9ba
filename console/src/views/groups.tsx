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

const rowsOf = (output: Output<'iam.ListGroups'>) => output.Groups

/** Groups of users. */
export default function Groups() {
  const pages = usePages('iam.ListGroups', { MaxItems: 100 }, { rows: rowsOf, tokenIn: 'Marker', tokenOut: 'Marker' })
  return (
    <DataTable
      title="Groups"
      description="Users who may do the same."
      pages={pages}
      rowId={row => row.Arn}
      sort="name"
      empty="There is no group."
      actions={
        <FormButton
          label="Create group"
          variant="primary"
          title="Create group"
          submit="Create"
          fields={groupFields}
          run={({ GroupName = '' }) => call('iam.CreateGroup', { GroupName })}
          then={({ Group }) => go(to('/groups', Group?.GroupName ?? ''))}
        />
      }
      columns={[
        {
          id: 'name',
          header: 'Name',
          width: 260,
          value: row => row.GroupName,
          cell: row => <Link href={to('/groups', row.GroupName)}>{visible(row.GroupName)}</Link>,
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

const groupFields = [formField('GroupName', { label: 'Name', pattern: '[A-Za-z0-9_+=,.@-]{1,128}' })]
