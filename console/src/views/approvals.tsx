import Link from '@cloudscape-design/components/link'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { QuerySelect } from '../parts/query-select.tsx'
import { OneLine, Status, Time } from '../parts/words.tsx'
import { to } from '../routing/location.ts'
import { useLocation } from '../routing/use-location.ts'
import { nameOfArn, visible } from '../words/text.ts'

type Execution = NonNullable<Output<'ssm.DescribeAutomationExecutions'>['AutomationExecutionMetadataList']>[number]

const rowsOf = (output: Output<'ssm.DescribeAutomationExecutions'>) => output.AutomationExecutionMetadataList

export const executionColumns: readonly Column<Execution>[] = [
  {
    id: 'document',
    header: 'What',
    value: row => row.DocumentName,
    width: 260,
    cell: row => (
      <Link href={to('/executions', row.AutomationExecutionId ?? '')}>{visible(row.DocumentName ?? '')}</Link>
    ),
  },
  {
    id: 'step',
    header: 'Step',
    value: row => row.CurrentStepName,
    cell: row => <OneLine>{row.CurrentStepName}</OneLine>,
  },
  {
    id: 'status',
    header: 'Status',
    value: row => row.AutomationExecutionStatus,
    cell: row => <Status of={row.AutomationExecutionStatus} />,
  },
  {
    id: 'by',
    header: 'Asked for by',
    value: row => nameOfArn(row.ExecutedBy ?? ''),
    cell: row => <OneLine>{nameOfArn(row.ExecutedBy ?? '')}</OneLine>,
  },
  {
    id: 'since',
    header: 'Since',
    value: row => row.ExecutionStartTime,
    width: 200,
    cell: row => <Time of={row.ExecutionStartTime} />,
  },
  {
    id: 'id',
    header: 'Execution',
    value: row => row.AutomationExecutionId,
    cell: row => <OneLine>{row.AutomationExecutionId}</OneLine>,
  },
]

/** Runs that wait for a person. Whether it is you, each of them says. */
export default function Approvals() {
  const { query } = useLocation()
  const isHistory = query['show'] === 'history'
  const pages = usePages(
    'ssm.DescribeAutomationExecutions',
    isHistory ? { MaxResults: 50 } : { MaxResults: 50, Filters: [{ Key: 'ExecutionStatus', Values: ['Waiting'] }] },
    { rows: rowsOf, every: 5_000 },
  )
  return (
    <DataTable
      title="Approvals"
      description="Runs that wait for a person: open one to approve, reject or resume it."
      columns={executionColumns}
      pages={pages}
      rowId={row => row.AutomationExecutionId ?? ''}
      sort="-since"
      empty={isHistory ? 'Nothing has been run.' : 'Nothing waits for anybody.'}
      filters={<QuerySelect name="show" label="Which runs" options={shows} value={isHistory ? 'history' : 'waiting'} />}
    />
  )
}

const shows = [
  { value: 'waiting', label: 'Waiting' },
  { value: 'history', label: 'All runs' },
]
