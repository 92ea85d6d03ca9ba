import Link from '@cloudscape-design/components/link'
import type { Output } from '../api/services.ts'
import { to } from '../routing/location.ts'
import { visible } from '../words/text.ts'
import { productTypeText } from '../words/version.ts'
import type { Column } from './data-table.tsx'
import { OneLine } from './words.tsx'

type Details = NonNullable<Output<'servicecatalog.SearchProductsAsAdmin'>['ProductViewDetails']>[number]

type Row = Pick<Details, 'ProductViewSummary'>

/** A product's name, leading to its page for administrators. */
function ProductLink({ of }: { readonly of: Row['ProductViewSummary'] }) {
  return <Link href={to('/admin/products', of?.ProductId ?? '')}>{visible(of?.Name ?? '')}</Link>
}

/** The column of products' names. */
export function productColumn(id: string, header: string): Column<Row> {
  return {
    id,
    header,
    width: 280,
    value: row => row.ProductViewSummary?.Name,
    cell: row => <ProductLink of={row.ProductViewSummary} />,
  }
}

/** What every table of products begins with. */
export const productColumns: readonly Column<Row>[] = [
  productColumn('name', 'Name'),
  {
    id: 'type',
    header: 'Type',
    width: 150,
    value: row => productTypeText(row.ProductViewSummary?.Type),
    cell: row => <OneLine>{productTypeText(row.ProductViewSummary?.Type)}</OneLine>,
  },
  {
    id: 'owner',
    header: 'Owner',
    value: row => row.ProductViewSummary?.Owner,
    cell: row => <OneLine>{row.ProductViewSummary?.Owner}</OneLine>,
  },
]
