import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { OneLine } from '../parts/words.tsx'
import { to } from '../routing/location.ts'
import { visible } from '../words/text.ts'

type Row = NonNullable<Output<'servicecatalog.ListServiceActions'>['ServiceActionSummaries']>[number]

const rowsOf = (output: Output<'servicecatalog.ListServiceActions'>) => output.ServiceActionSummaries

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    header: 'Name',
    value: row => row.Name,
    width: 280,
    cell: row => <Link href={to('/service-actions', row.Id ?? '')}>{visible(row.Name ?? '')}</Link>,
  },
  {
    id: 'description',
    header: 'Description',
    value: row => row.Description,
    width: 460,
    cell: row => <OneLine>{row.Description}</OneLine>,
  },
  { id: 'id', header: 'Id', value: row => row.Id, width: 200, cell: row => <OneLine>{row.Id}</OneLine> },
]

/** The actions that products can be given. */
export default function ServiceActions() {
  const pages = usePages('servicecatalog.ListServiceActions', { PageSize: 20 }, { rows: rowsOf })
  return (
    <DataTable
      title="Service actions"
      description="Documents that requesters may run on what they have provisioned, once they are associated with its version."
      columns={columns}
      pages={pages}
      rowId={row => row.Id ?? ''}
      sort="name"
      empty="There is no action yet. Create one from a document."
      actions={
        <Button variant="primary" href="#/service-actions/new">
          Create service action
        </Button>
      }
    />
  )
}
