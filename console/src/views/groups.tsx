import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { DataTable } from '../parts/data-table.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { identityColumns } from '../parts/identity-columns.tsx'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'

const rowsOf = (output: Output<'iam.ListGroups'>) => output.Groups

type Row = NonNullable<ReturnType<typeof rowsOf>>[number]

/** Groups of users. */
export default function Groups() {
  const pages = usePages('iam.ListGroups', { MaxItems: 100 }, { rows: rowsOf })
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
      columns={identityColumns<Row>('/groups', row => row.GroupName)}
    />
  )
}

const groupFields = [formField('GroupName', { label: 'Name', pattern: '[A-Za-z0-9_+=,.@-]{1,128}' })]
