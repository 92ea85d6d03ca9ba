import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import { useDeferredValue } from 'react'
import type { Input, Output } from '../api/services.ts'
import { fetchAhead, usePages } from '../api/use-api.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { OneLine } from '../parts/words.tsx'
import type { Ahead } from '../routes.ts'
import { to } from '../routing/location.ts'
import { useLocation } from '../routing/use-location.ts'
import { visible } from '../words/text.ts'
import { productTypeText } from '../words/version.ts'

type Product = NonNullable<Output<'servicecatalog.SearchProducts'>['ProductViewSummaries']>[number]

const rowsOf = (output: Output<'servicecatalog.SearchProducts'>) => output.ProductViewSummaries

const columns: readonly Column<Product>[] = [
  {
    id: 'name',
    header: 'Name',
    value: row => row.Name,
    width: 250,
    cell: row => <Link href={to('/products', row.ProductId ?? '')}>{visible(row.Name ?? '')}</Link>,
  },
  {
    id: 'description',
    header: 'Description',
    value: row => row.ShortDescription,
    width: 440,
    cell: row => <OneLine>{row.ShortDescription}</OneLine>,
  },
  { id: 'owner', header: 'Owner', width: 150, value: row => row.Owner, cell: row => <OneLine>{row.Owner}</OneLine> },
  {
    id: 'type',
    header: 'Type',
    width: 150,
    value: row => productTypeText(row.Type),
    cell: row => <OneLine>{productTypeText(row.Type)}</OneLine>,
  },
  {
    id: 'launch',
    header: 'Launch',
    width: 110,
    cell: row => (
      <Button
        variant="inline-link"
        href={to('/products', row.ProductId ?? '', 'launch')}
        ariaLabel={`Launch ${visible(row.Name ?? '')}`}
      >
        Launch
      </Button>
    ),
  },
]

// The server has the words looked for, so that what is not fetched yet is found too.
const inputOf = (words: string): Input<'servicecatalog.SearchProducts'> => ({
  PageSize: 20,
  ...(words && { Filters: { FullTextSearch: [words] } }),
})

export const ahead: Ahead = (client, query) =>
  fetchAhead(client, 'servicecatalog.SearchProducts', inputOf(query['q']?.trim() ?? ''))

/** The products that somebody may launch. */
export default function Products() {
  const { query } = useLocation()
  const words = useDeferredValue(query['q']?.trim() ?? '')
  const pages = usePages('servicecatalog.SearchProducts', inputOf(words), { rows: rowsOf })
  return (
    <DataTable
      title="Products"
      description="What you may launch, through the portfolios that you have been given."
      columns={columns}
      pages={pages}
      rowId={row => row.ProductId ?? ''}
      sort="name"
      filteredByServer
      empty="No portfolio has been given to you, or none has products. A catalog administrator can change that."
    />
  )
}
