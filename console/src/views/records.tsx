import Select from '@cloudscape-design/components/select'
import { usePages } from '../api/use-api.ts'
import { activitiesOf, activityColumns } from '../parts/activity.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { useLocation } from '../routing/use-location.ts'

const { time, who, what, status, product, error, record } = activityColumns

/** What was asked for: every change of provisioned products with who asked, newest first. */
export default function Records() {
  const { query, setQuery } = useLocation()
  const mine = query['of'] !== 'all'
  const pages = usePages(
    'bellhop.ListActivity',
    { Kind: 'RECORD', PageSize: 50, AccessLevelFilter: { Key: mine ? 'User' : 'Account', Value: 'self' } },
    { rows: activitiesOf, every: 10_000 },
  )
  return (
    <DataTable
      title="Records"
      description="What was done to provisioned products. Open one to see how it went."
      columns={[time, what, ...(mine ? [] : [who]), status, product, error, record]}
      pages={pages}
      rowId={row => row.Id}
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
