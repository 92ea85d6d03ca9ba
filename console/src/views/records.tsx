import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { OneLine, Status, Time } from '../parts/words.tsx'
import { to } from '../routing/location.ts'
import { useLocation } from '../routing/use-location.ts'
import { recordTypeText, statusText } from '../words/status.ts'
import { visible } from '../words/text.ts'

export type RecordDetail = NonNullable<Output<'servicecatalog.ListRecordHistory'>['RecordDetails']>[number]

export const rowsOf = (output: Output<'servicecatalog.ListRecordHistory'>) => output.RecordDetails

export const recordColumns: readonly Column<RecordDetail>[] = [
  {
    id: 'time',
    header: 'Time',
    value: row => row.CreatedTime,
    width: 210,
    cell: row => (
      <Link href={to('/records', row.RecordId ?? '')}>
        <Time of={row.CreatedTime} />
      </Link>
    ),
  },
  {
    id: 'type',
    header: 'What',
    width: 130,
    value: row => recordTypeText(row.RecordType ?? ''),
    cell: row => recordTypeText(row.RecordType ?? ''),
  },
  {
    id: 'status',
    header: 'Status',
    width: 150,
    value: row => statusText(row.Status ?? ''),
    cell: row => <Status of={row.Status} />,
  },
  {
    id: 'product',
    header: 'Provisioned product',
    value: row => row.ProvisionedProductName,
    width: 260,
    cell: row => (
      <Link href={to('/provisioned-products', row.ProvisionedProductId ?? '')}>
        {visible(row.ProvisionedProductName ?? '')}
      </Link>
    ),
  },
  {
    id: 'error',
    header: 'Error',
    value: row => row.RecordErrors?.[0]?.Description,
    width: 320,
    cell: row => <OneLine>{row.RecordErrors?.[0]?.Description}</OneLine>,
  },
  {
    id: 'id',
    header: 'Record',
    width: 190,
    value: row => row.RecordId,
    cell: row => <OneLine>{row.RecordId}</OneLine>,
  },
]

/** Who did what: every change of provisioned products, newest first. */
export default function Records() {
  const { query, setQuery } = useLocation()
  const mine = query['of'] !== 'all'
  const pages = usePages(
    'servicecatalog.ListRecordHistory',
    { PageSize: 20, AccessLevelFilter: { Key: mine ? 'User' : 'Account', Value: 'self' } },
    { rows: rowsOf, every: 10_000 },
  )
  return (
    <DataTable
      title="Records"
      description="What was done to provisioned products. Open one to see who asked for it."
      columns={recordColumns}
      pages={pages}
      rowId={row => row.RecordId ?? ''}
      sort="-time"
      empty="Nothing has been done yet."
      filters={
        <Select
          ariaLabel="Whose records"
          options={ofWhom}
          selectedOption={ofWhom.find(({ value }) => value === (mine ? 'mine' : 'all')) ?? null}
          onChange={({ detail }) => setQuery({ of: detail.selectedOption.value ?? '', page: '' })}
        />
      }
    />
  )
}

const ofWhom = [
  { value: 'mine', label: 'Mine' },
  { value: 'all', label: "Everybody's in the account" },
]
