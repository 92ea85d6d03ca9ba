import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { QuerySelect } from '../parts/query-select.tsx'
import { OneLine, Time } from '../parts/words.tsx'
import { to } from '../routing/location.ts'
import { useLocation } from '../routing/use-location.ts'
import { visible } from '../words/text.ts'

type Row = NonNullable<Output<'ssm.ListDocuments'>['DocumentIdentifiers']>[number]

const rowsOf = (output: Output<'ssm.ListDocuments'>) => output.DocumentIdentifiers

export const versionsOf = (output: Output<'ssm.ListDocumentVersions'>) => output.DocumentVersions

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    header: 'Name',
    value: row => row.Name,
    width: 320,
    cell: row => <Link href={to('/documents', row.Name ?? '')}>{visible(row.Name ?? '')}</Link>,
  },
  {
    id: 'version',
    header: 'Version',
    value: row => Number(row.DocumentVersion),
    cell: row => <OneLine>{row.DocumentVersion}</OneLine>,
  },
  {
    id: 'target',
    header: 'Target type',
    value: row => row.TargetType,
    width: 220,
    cell: row => <OneLine>{row.TargetType}</OneLine>,
  },
  { id: 'format', header: 'Format', value: row => row.DocumentFormat, cell: row => row.DocumentFormat },
  { id: 'owner', header: 'Owner', value: row => row.Owner, cell: row => <OneLine>{row.Owner}</OneLine> },
  {
    id: 'created',
    header: 'Created',
    value: row => row.CreatedDate,
    width: 200,
    cell: row => <Time of={row.CreatedDate} />,
  },
]

/** What can be run: documents of the account, and those that are ready-made. */
export default function Documents() {
  const { query } = useLocation()
  const of = query['of'] ?? 'Self'
  const pages = usePages(
    'ssm.ListDocuments',
    { MaxResults: 50, ...(of !== 'All' && { Filters: [{ Key: 'Owner', Values: [of] }] }) },
    { rows: rowsOf },
  )
  return (
    <DataTable
      title="Documents"
      description="Steps that are run as a service action, or by themselves."
      columns={columns}
      pages={pages}
      rowId={row => `${row.Owner} ${row.Name}`}
      sort="name"
      empty="There is no document yet."
      filters={<QuerySelect name="of" label="Whose documents" options={owners} value={of} />}
      actions={
        <Button variant="primary" href="#/documents/new">
          Create document
        </Button>
      }
    />
  )
}

const owners = [
  { value: 'Self', label: "The account's own" },
  { value: 'Public', label: 'Ready-made' },
  { value: 'All', label: 'All' },
]
