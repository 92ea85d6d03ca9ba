import { usePages } from '../api/use-api.ts'
import { activitiesOf, activityColumns } from '../parts/activity.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { OwnOrAll, useOwnOrAll } from '../parts/own-or-all.tsx'

const { time, who, what, status, product, error, record } = activityColumns

/** What was asked for: every change of provisioned products with who asked, newest first. */
export default function Records() {
  const { mine, AccessLevelFilter } = useOwnOrAll()
  const pages = usePages(
    'bellhop.ListActivity',
    { Kind: 'RECORD', PageSize: 50, AccessLevelFilter },
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
      filters={<OwnOrAll label="Whose records" />}
    />
  )
}
