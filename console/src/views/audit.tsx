import Button from '@cloudscape-design/components/button'
import DatePicker from '@cloudscape-design/components/date-picker'
import Input from '@cloudscape-design/components/input'
import { useEffect, useState } from 'react'
import { usePages } from '../api/use-api.ts'
import { type Activity, activitiesOf, activityColumns } from '../parts/activity.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { QuerySelect } from '../parts/query-select.tsx'
import { arranged, readState } from '../parts/table-state.ts'
import { usePreferences } from '../preferences.ts'
import { useLocation } from '../routing/use-location.ts'
import { useSession } from '../session/use-session.ts'
import { csvOf } from '../words/csv.ts'
import { dayBegins } from '../words/day.ts'
import { recordTypeText, statusText } from '../words/status.ts'

const { time, who, what, status, product, role, step, comment, error, record } = activityColumns
const columns = [time, who, what, product, role, status, step, comment, error, record]

type Type = Activity['Type']

const types = [
  'PROVISION_PRODUCT',
  'UPDATE_PROVISIONED_PRODUCT',
  'TERMINATE_PROVISIONED_PRODUCT',
  'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION',
  'APPROVE',
  'REJECT',
  'RESUME',
  'START_STEP',
  'STOP_STEP',
  'CANCEL',
  'COMPLETE',
] as const satisfies readonly Type[]

const statuses = ['SUCCEEDED', 'FAILED', 'IN_PROGRESS', 'IN_PROGRESS_IN_ERROR', 'CREATED'] as const

const typeOptions = options('Anything', types, recordTypeText)
const statusOptions = options('Any status', statuses, statusText)

/** Who did what, when, to what, as whom, and what came of it; all of it narrowed by the address. */
export default function Audit() {
  const { query, setQuery } = useLocation()
  const { zone } = usePreferences()
  const account = useAccount()
  const type = types.find(each => each === query['type'])
  const wanted = statuses.find(each => each === query['status'])
  const from = dayBegins(query['from'], zone)
  const until = dayBegins(query['to'], zone, 1)
  const pages = usePages(
    'bellhop.ListActivity',
    {
      PageSize: 100,
      AccessLevelFilter: { Key: 'Account', Value: 'self' },
      ...(query['by'] && { Principal: principalOf(query['by'], account) }),
      ...(query['on'] &&
        (query['on'].startsWith('prod-') ? { ProductId: query['on'] } : { ProvisionedProductId: query['on'] })),
      ...(type && { Type: type }),
      ...(wanted && { Status: wanted }),
      ...(from !== undefined && { From: from }),
      ...(until !== undefined && { To: until }),
    },
    { rows: activitiesOf, every: 30_000 },
  )
  const download = () => save(csvOf(header, arranged(pages.rows, columns, readState(query, '-time')).map(line)))
  const set = (name: string) => (value: string | undefined) => setQuery({ [name]: value ?? '', page: '' })
  return (
    <DataTable
      title="Audit"
      description="Who did what: what was asked for, and who approved, rejected, resumed or stopped what ran."
      columns={columns}
      pages={pages}
      rowId={row => row.Id}
      sort="-time"
      empty="Nothing was done that fits."
      actions={
        <Button iconName="download" disabled={pages.rows.length === 0} onClick={download}>
          Download as CSV
        </Button>
      }
      filters={
        <>
          <Typed label="Who" placeholder="Name of a user, or an ARN" value={query['by'] ?? ''} set={set('by')} />
          <Typed label="On" placeholder="Id: pp-… or prod-…" value={query['on'] ?? ''} set={set('on')} />
          <QuerySelect name="type" label="What was done" options={typeOptions} value={type ?? ''} />
          <QuerySelect name="status" label="Status" options={statusOptions} value={wanted ?? ''} />
          <Day label="From" value={query['from'] ?? ''} set={set('from')} />
          <Day label="To" value={query['to'] ?? ''} set={set('to')} />
        </>
      }
    />
  )
}

/** A text that counts once it has been typed to its end: with Enter, or when one goes elsewhere. */
function Typed(props: {
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly set: (value: string) => void
}) {
  const { label, placeholder, value, set } = props
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const done = () => text.trim() !== value && set(text.trim())
  return (
    <Input
      ariaLabel={label}
      placeholder={placeholder}
      value={text}
      onChange={({ detail }) => setText(detail.value)}
      onBlur={done}
      onKeyDown={({ detail }) => detail.key === 'Enter' && done()}
      autoComplete={false}
    />
  )
}

function Day({
  label,
  value,
  set,
}: {
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
}) {
  return (
    <DatePicker
      ariaLabel={label}
      placeholder={label}
      value={value}
      openCalendarAriaLabel={chosen => `${label}: choose a day${chosen ? `, now ${chosen}` : ''}`}
      onChange={({ detail }) => set(detail.value)}
    />
  )
}

function useAccount(): string {
  const state = useSession()
  return state.is === 'in' ? (state.who.arn.split(':')[4] ?? '') : ''
}

/** A user's name means the user; whatever else there is has an ARN. */
function principalOf(text: string, account: string): string {
  return text.startsWith('arn:') ? text : `arn:aws:iam::${account}:user/${text.replace(/^user\//, '')}`
}

function options<Value extends string>(any: string, values: readonly Value[], text: (value: string) => string) {
  return [{ value: '', label: any }, ...values.map(value => ({ value: value as string, label: text(value) }))]
}

const header = [
  'Time',
  'Principal',
  'Type',
  'Document',
  'Provisioned product',
  'Provisioned product id',
  'Product id',
  'Role',
  'Status',
  'Step',
  'Comment',
  'Error',
  'Record',
  'Execution',
]

function line(row: Activity): readonly (string | undefined)[] {
  return [
    new Date(row.Time * 1000).toISOString(),
    row.Principal,
    row.Type,
    row.DocumentName,
    row.ProvisionedProductName,
    row.ProvisionedProductId,
    row.ProductId,
    row.RoleArn,
    row.Status,
    row.StepName,
    row.Comment,
    row.ErrorMessage,
    row.RecordId,
    row.AutomationExecutionId,
  ]
}

function save(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: 'activity.csv' })
  link.click()
  URL.revokeObjectURL(url)
}
