import { call } from '../../api/client.ts'
import type { Output } from '../../api/services.ts'
import { usePages } from '../../api/use-api.ts'
import { formField } from '../../words/fields.ts'
import { visible } from '../../words/text.ts'
import { ConfirmButton } from '../confirm-button.tsx'
import { DataTable } from '../data-table.tsx'
import { FormButton } from '../form-button.tsx'
import { useProductPicks } from '../picks.ts'
import { productColumns } from '../product-columns.tsx'

const rowsOf = (output: Output<'servicecatalog.SearchProductsAsAdmin'>) => output.ProductViewDetails

/** The products of a portfolio. */
export function PortfolioProducts({ id }: { readonly id: string }) {
  const pages = usePages('servicecatalog.SearchProductsAsAdmin', { PortfolioId: id, PageSize: 20 }, { rows: rowsOf })
  const products = useProductPicks()
  const here = new Set(pages.rows.map(row => row.ProductViewSummary?.ProductId))
  const others = products.options.filter(each => !here.has(each))
  return (
    <DataTable
      title="Products"
      variant="container"
      pages={pages}
      rowId={row => row.ProductViewSummary?.ProductId ?? ''}
      sort="name"
      empty="It has no product yet."
      actions={
        <FormButton
          label="Add product"
          title="Add a product to the portfolio"
          submit="Add"
          done="It was added."
          fields={[formField('ProductId', { label: 'Product', options: others, optionLabels: products.optionLabels })]}
          run={({ ProductId = '' }) =>
            call('servicecatalog.AssociateProductWithPortfolio', { PortfolioId: id, ProductId })
          }
        />
      }
      columns={[
        ...productColumns,
        {
          id: 'remove',
          header: 'Remove',
          cell: row => (
            <ConfirmButton
              variant="inline-link"
              label="Remove"
              ariaLabel={`Remove ${visible(row.ProductViewSummary?.Name ?? '')}`}
              title={`Remove ${visible(row.ProductViewSummary?.Name ?? '')}?`}
              run={() =>
                call('servicecatalog.DisassociateProductFromPortfolio', {
                  PortfolioId: id,
                  ProductId: row.ProductViewSummary?.ProductId ?? '',
                })
              }
              done="It was removed."
            >
              Nobody can launch it through this portfolio any more. What was provisioned stays.
            </ConfirmButton>
          ),
        },
      ]}
    />
  )
}
