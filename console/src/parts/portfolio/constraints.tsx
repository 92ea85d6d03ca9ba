import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import type { Output } from '../../api/services.ts'
import { useApi, usePages } from '../../api/use-api.ts'
import { type ConstraintType, constraintForms, constraintTypes } from '../../words/constraint.ts'
import { formField } from '../../words/fields.ts'
import { statusText } from '../../words/status.ts'
import { visible } from '../../words/text.ts'
import { ConfirmButton } from '../confirm-button.tsx'
import { DataTable } from '../data-table.tsx'
import { FormDialog } from '../form-button.tsx'
import { useProductPicks } from '../picks.ts'
import { OneLine } from '../words.tsx'

const rowsOf = (output: Output<'servicecatalog.ListConstraintsForPortfolio'>) => output.ConstraintDetails

/** What holds for the products of a portfolio. */
export function PortfolioConstraints({ id }: { readonly id: string }) {
  const pages = usePages(
    'servicecatalog.ListConstraintsForPortfolio',
    { PortfolioId: id, PageSize: 20 },
    { rows: rowsOf },
  )
  const products = useProductPicks()
  const [type, setType] = useState<ConstraintType>()
  return (
    <>
      <DataTable
        title="Constraints"
        variant="container"
        pages={pages}
        rowId={row => row.ConstraintId ?? ''}
        sort="product"
        empty="There is no constraint."
        actions={
          <ButtonDropdown
            items={constraintTypes.map(each => ({ id: each, text: constraintForms[each].label }))}
            onItemClick={({ detail }) => setType(detail.id as ConstraintType)}
          >
            Create constraint
          </ButtonDropdown>
        }
        columns={[
          {
            id: 'product',
            header: 'Product',
            width: 240,
            value: row => products.optionLabels[row.ProductId ?? ''] ?? row.ProductId,
            cell: row => <OneLine>{products.optionLabels[row.ProductId ?? ''] ?? row.ProductId}</OneLine>,
          },
          { id: 'type', header: 'Type', value: row => row.Type, width: 160, cell: row => statusText(row.Type ?? '') },
          {
            id: 'parameters',
            header: 'What holds',
            width: 260,
            cell: row => <Parameters id={row.ConstraintId ?? ''} />,
          },
          {
            id: 'description',
            header: 'Description',
            width: 160,
            value: row => row.Description,
            cell: row => <OneLine>{row.Description}</OneLine>,
          },
          {
            id: 'delete',
            header: 'Delete',
            cell: row => (
              <ConfirmButton
                variant="inline-link"
                label="Delete"
                ariaLabel={`Delete ${statusText(row.Type ?? '')} of ${visible(products.optionLabels[row.ProductId ?? ''] ?? '')}`}
                title="Delete the constraint?"
                run={() => call('servicecatalog.DeleteConstraint', { Id: row.ConstraintId ?? '' })}
                done="It was deleted."
              >
                It no longer holds for launches and updates from now on.
              </ConfirmButton>
            ),
          },
        ]}
      />
      {type && <CreateConstraint portfolioId={id} type={type} close={() => setType(undefined)} />}
    </>
  )
}

/** The list does not tell them. */
function Parameters({ id }: { readonly id: string }) {
  const { data } = useApi('servicecatalog.DescribeConstraint', { Id: id })
  return <OneLine>{data?.ConstraintParameters}</OneLine>
}

const productsHereOf = (output: Output<'servicecatalog.SearchProductsAsAdmin'>) => output.ProductViewDetails

function CreateConstraint({
  portfolioId,
  type,
  close,
}: {
  readonly portfolioId: string
  readonly type: ConstraintType
  readonly close: () => void
}) {
  const form = constraintForms[type]
  const here = usePages(
    'servicecatalog.SearchProductsAsAdmin',
    { PortfolioId: portfolioId, PageSize: 20 },
    { rows: productsHereOf },
  )
  const products = here.rows.flatMap(({ ProductViewSummary: it }) =>
    it?.ProductId ? [[it.ProductId, it.Name ?? '']] : [],
  )
  return (
    <FormDialog
      close={close}
      title={form.label}
      note={form.note}
      submit="Create"
      done="It was created."
      fields={[
        formField('ProductId', {
          label: 'Product',
          options: products.map(([id]) => id!),
          optionLabels: Object.fromEntries(products),
        }),
        ...form.fields,
        formField('Description', { isRequired: false, longest: 100 }),
      ]}
      run={async ({ ProductId = '', Description, ...values }) =>
        call('servicecatalog.CreateConstraint', {
          PortfolioId: portfolioId,
          ProductId,
          Type: type,
          Parameters: form.parameters(values),
          ...(Description && { Description }),
        })
      }
    />
  )
}
