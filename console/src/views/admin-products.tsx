import Button from '@cloudscape-design/components/button'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { productColumns } from '../parts/product-columns.tsx'
import { OneLine, Time } from '../parts/words.tsx'

const rowsOf = (output: Output<'servicecatalog.SearchProductsAsAdmin'>) => output.ProductViewDetails

type Row = NonNullable<ReturnType<typeof rowsOf>>[number]

const columns: readonly Column<Row>[] = [
  ...productColumns,
  {
    id: 'description',
    header: 'Description',
    width: 320,
    value: row => row.ProductViewSummary?.ShortDescription,
    cell: row => <OneLine>{row.ProductViewSummary?.ShortDescription}</OneLine>,
  },
  {
    id: 'created',
    header: 'Created',
    width: 200,
    value: row => row.CreatedTime,
    cell: row => <Time of={row.CreatedTime} />,
  },
]

/** Every product of the account, whoever may launch it. */
export default function AdminProducts() {
  const pages = usePages('servicecatalog.SearchProductsAsAdmin', { PageSize: 20 }, { rows: rowsOf })
  return (
    <DataTable
      title="All products"
      description="Every product of the account. Those that you may launch are under Products."
      columns={columns}
      pages={pages}
      rowId={row => row.ProductViewSummary?.ProductId ?? ''}
      sort="name"
      empty="There is no product yet."
      actions={
        <Button variant="primary" href="#/admin/products/new">
          Create product
        </Button>
      }
    />
  )
}
