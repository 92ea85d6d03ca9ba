import Link from '@cloudscape-design/components/link'
import type { Input, Output } from '../api/services.ts'
import { fetchAhead, usePages } from '../api/use-api.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { QuerySelect } from '../parts/query-select.tsx'
import { OneLine, Status, Time } from '../parts/words.tsx'
import type { Ahead } from '../routes.ts'
import { to, type Location as ViewLocation } from '../routing/location.ts'
import { useLocation } from '../routing/use-location.ts'
import { statusText } from '../words/status.ts'
import { nameOfArn, visible } from '../words/text.ts'

type ProvisionedProduct = NonNullable<Output<'servicecatalog.SearchProvisionedProducts'>['ProvisionedProducts']>[number]

const rowsOf = (output: Output<'servicecatalog.SearchProvisionedProducts'>) => output.ProvisionedProducts

const columns: readonly Column<ProvisionedProduct>[] = [
  {
    id: 'name',
    header: 'Name',
    value: row => row.Name,
    width: 200,
    cell: row => <Link href={to('/provisioned-products', row.Id ?? '')}>{visible(row.Name ?? '')}</Link>,
  },
  {
    id: 'status',
    header: 'Status',
    width: 172,
    value: row => statusText(row.Status ?? ''),
    cell: row => <Status of={row.Status} />,
  },
  {
    id: 'product',
    header: 'Product',
    value: row => row.ProductName,
    width: 185,
    cell: row => <OneLine>{row.ProductName}</OneLine>,
  },
  {
    id: 'version',
    header: 'Version',
    width: 100,
    value: row => row.ProvisioningArtifactName,
    cell: row => <OneLine>{row.ProvisioningArtifactName}</OneLine>,
  },
  {
    id: 'owner',
    header: 'Owner',
    width: 130,
    value: row => nameOfArn(row.UserArn ?? ''),
    cell: row => <OneLine>{nameOfArn(row.UserArn ?? '')}</OneLine>,
  },
  {
    id: 'created',
    header: 'Created',
    value: row => row.CreatedTime,
    width: 185,
    cell: row => <Time of={row.CreatedTime} />,
  },
  {
    id: 'last',
    header: 'Last record',
    width: 140,
    cell: row =>
      row.LastRecordId ? <Link href={to('/records', row.LastRecordId)}>{visible(row.LastRecordId)}</Link> : '-',
  },
]

type Query = ViewLocation['query']

const ofWhom = ({ of }: Query) => (of === 'account' ? 'Account' : of === 'role' ? 'Role' : 'User')

function inputOf(query: Query): Input<'servicecatalog.SearchProvisionedProducts'> {
  const status = query['status'] ?? ''
  return {
    PageSize: 100,
    SortBy: 'createdTime',
    SortOrder: 'DESCENDING',
    AccessLevelFilter: { Key: ofWhom(query), Value: 'self' },
    ...(status && { Filters: { SearchQuery: [`status:${status}`] } }),
  }
}

export const ahead: Ahead = (client, query) =>
  fetchAhead(client, 'servicecatalog.SearchProvisionedProducts', inputOf(query))

/** What somebody owns, or may see. */
export default function ProvisionedProducts() {
  const { query } = useLocation()
  const of = ofWhom(query)
  const status = query['status'] ?? ''
  const pages = usePages('servicecatalog.SearchProvisionedProducts', inputOf(query), { rows: rowsOf, every: 10_000 })
  return (
    <DataTable
      title="Provisioned products"
      description="Open one to run its actions."
      columns={columns}
      pages={pages}
      rowId={row => row.Id ?? ''}
      sort="-created"
      empty={of === 'User' ? 'You have launched nothing yet. Choose a product to begin.' : 'There is nothing here.'}
      filters={
        <>
          <QuerySelect name="of" label="Whose products" options={owners} value={of.toLowerCase()} />
          <QuerySelect name="status" label="Status" options={statuses} value={status} />
        </>
      }
    />
  )
}

const owners = [
  { value: 'user', label: 'Mine' },
  { value: 'role', label: "My role's" },
  { value: 'account', label: "Everybody's in the account" },
]

const statuses = [
  { value: '', label: 'Any status' },
  ...['AVAILABLE', 'UNDER_CHANGE', 'TAINTED', 'ERROR', 'PLAN_IN_PROGRESS'].map(value => ({
    value,
    label: statusText(value),
  })),
]
