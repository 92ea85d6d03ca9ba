import Link from '@cloudscape-design/components/link'
import type { Output } from '../api/services.ts'
import { to } from '../routing/location.ts'
import { recordTypeText, statusText } from '../words/status.ts'
import { nameOfArn, visible } from '../words/text.ts'
import type { Column } from './data-table.tsx'
import { OneLine, Status, Time } from './words.tsx'

export type Activity = Output<'bellhop.ListActivity'>['Activities'][number]

export const activitiesOf = (output: Output<'bellhop.ListActivity'>) => output.Activities

/** What was done, with the document where there is one. */
export function whatOf({ Type, DocumentName }: Activity): string {
  return DocumentName === undefined ? recordTypeText(Type) : `${recordTypeText(Type)}: ${DocumentName}`
}

/** Where the run is that it began, or was done to. */
function runOf({ RecordId, AutomationExecutionId }: Activity): string {
  return RecordId === undefined ? to('/executions', AutomationExecutionId ?? '') : to('/records', RecordId)
}

/** Columns of who did what, by their names: each list takes those that it needs. */
export const activityColumns = {
  time: {
    id: 'time',
    header: 'Time',
    value: row => row.Time,
    width: 210,
    cell: row => (
      <Link href={runOf(row)}>
        <Time of={row.Time} />
      </Link>
    ),
  },
  who: {
    id: 'who',
    header: 'Who',
    width: 160,
    value: row => nameOfArn(row.Principal),
    cell: row => <OneLine>{nameOfArn(row.Principal)}</OneLine>,
  },
  what: {
    id: 'type',
    header: 'What',
    width: 230,
    value: whatOf,
    cell: row => <OneLine>{whatOf(row)}</OneLine>,
  },
  status: {
    id: 'status',
    header: 'Status',
    width: 150,
    value: row => statusText(row.Status ?? ''),
    cell: row => <Status of={row.Status} />,
  },
  product: {
    id: 'product',
    header: 'Provisioned product',
    value: row => row.ProvisionedProductName,
    width: 230,
    cell: row =>
      row.ProvisionedProductId === undefined ? (
        '-'
      ) : (
        <Link href={to('/provisioned-products', row.ProvisionedProductId)}>
          {visible(row.ProvisionedProductName ?? row.ProvisionedProductId)}
        </Link>
      ),
  },
  role: {
    id: 'role',
    header: 'As whom',
    width: 170,
    value: row => nameOfArn(row.RoleArn ?? ''),
    cell: row => <OneLine>{nameOfArn(row.RoleArn ?? '')}</OneLine>,
  },
  step: {
    id: 'step',
    header: 'Step',
    width: 140,
    value: row => row.StepName,
    cell: row => <OneLine>{row.StepName}</OneLine>,
  },
  comment: {
    id: 'comment',
    header: 'Comment',
    width: 240,
    value: row => row.Comment,
    cell: row => <OneLine>{row.Comment}</OneLine>,
  },
  error: {
    id: 'error',
    header: 'Error',
    value: row => row.ErrorMessage,
    width: 320,
    cell: row => <OneLine>{row.ErrorMessage}</OneLine>,
  },
  record: {
    id: 'id',
    header: 'Record',
    width: 190,
    value: row => row.RecordId,
    cell: row => <OneLine>{row.RecordId}</OneLine>,
  },
} satisfies Readonly<Record<string, Column<Activity>>>
