import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { QuerySelect } from '../parts/query-select.tsx'
import { useLocation } from '../routing/use-location.ts'
import { isEnded } from '../words/status.ts'
import { visible } from '../words/text.ts'
import { executionColumns } from './approvals.tsx'

const rowsOf = (output: Output<'ssm.DescribeAutomationExecutions'>) => output.AutomationExecutionMetadataList

type Row = NonNullable<ReturnType<typeof rowsOf>>[number]

const columns: readonly Column<Row>[] = [
  ...executionColumns,
  {
    id: 'cancel',
    header: 'Cancel',
    cell: row =>
      isEnded(row.AutomationExecutionStatus ?? '') ? (
        ''
      ) : (
        <ConfirmButton
          variant="inline-link"
          label="Cancel run"
          ariaLabel={`Cancel run of ${visible(row.DocumentName ?? '')}, ${row.AutomationExecutionId}`}
          title={`Cancel this run of ${visible(row.DocumentName ?? '')}?`}
          run={() =>
            call('ssm.StopAutomationExecution', {
              AutomationExecutionId: row.AutomationExecutionId ?? '',
              Type: 'Cancel',
            })
          }
          done="It is being cancelled."
        >
          The step in hand is ended. What steps have done already stays done.
        </ConfirmButton>
      ),
  },
]

/** What is being run in the account, by whomever. */
export default function Executions() {
  const { query } = useLocation()
  const show = query['show'] ?? 'running'
  const statuses = shows.find(({ value }) => value === show)?.statuses
  const pages = usePages(
    'ssm.DescribeAutomationExecutions',
    { MaxResults: 50, ...(statuses && { Filters: [{ Key: 'ExecutionStatus', Values: statuses }] }) },
    { rows: rowsOf, every: 5_000 },
  )
  return (
    <DataTable
      title="Executions"
      description="Documents that are being run, as service actions or by themselves."
      columns={columns}
      pages={pages}
      rowId={row => row.AutomationExecutionId ?? ''}
      sort="-since"
      empty={show === 'running' ? 'Nothing is running.' : 'There is nothing here.'}
      filters={<QuerySelect name="show" label="Which executions" options={shows} value={show} />}
    />
  )
}

const shows: readonly { value: string; label: string; statuses?: readonly string[] }[] = [
  { value: 'running', label: 'Under way', statuses: ['Pending', 'InProgress', 'Waiting', 'Cancelling'] },
  { value: 'failed', label: 'Failed', statuses: ['Failed', 'TimedOut'] },
  { value: 'all', label: 'All' },
]
