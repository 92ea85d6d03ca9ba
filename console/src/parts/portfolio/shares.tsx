import { call } from '../../api/client.ts'
import type { Output } from '../../api/services.ts'
import { usePages } from '../../api/use-api.ts'
import { formField } from '../../words/fields.ts'
import { visible } from '../../words/text.ts'
import { ConfirmButton } from '../confirm-button.tsx'
import { DataTable } from '../data-table.tsx'
import { FormButton } from '../form-button.tsx'
import { OneLine } from '../words.tsx'

const rowsOf = (output: Output<'servicecatalog.DescribePortfolioShares'>) => output.PortfolioShareDetails

/** The accounts that a portfolio is shared with. Organizations' nodes are shared with by the API. */
export function PortfolioShares({ id }: { readonly id: string }) {
  const pages = usePages(
    'servicecatalog.DescribePortfolioShares',
    { PortfolioId: id, Type: 'ACCOUNT', PageSize: 20 },
    { rows: rowsOf },
  )
  return (
    <DataTable
      title="Shares"
      variant="container"
      description="Other accounts, which import the portfolio once they have accepted it."
      pages={pages}
      rowId={row => row.PrincipalId ?? ''}
      sort="account"
      empty="It is shared with no account."
      actions={
        <FormButton
          label="Share"
          title="Share the portfolio with an account"
          submit="Share"
          done="It was shared."
          fields={shareFields}
          run={({ AccountId = '', ShareTagOptions }) =>
            call('servicecatalog.CreatePortfolioShare', {
              PortfolioId: id,
              AccountId,
              ShareTagOptions: ShareTagOptions === 'yes',
            })
          }
        />
      }
      columns={[
        {
          id: 'account',
          header: 'Account',
          width: 200,
          value: row => row.PrincipalId,
          cell: row => <OneLine>{row.PrincipalId}</OneLine>,
        },
        {
          id: 'accepted',
          header: 'Accepted',
          value: row => (row.Accepted ? 'yes' : 'no'),
          cell: row => (row.Accepted ? 'Yes' : 'Not yet'),
        },
        {
          id: 'tags',
          header: 'With tag options',
          width: 180,
          value: row => (row.ShareTagOptions ? 'yes' : 'no'),
          cell: row => (row.ShareTagOptions ? 'Yes' : 'No'),
        },
        {
          id: 'end',
          header: 'End',
          cell: row => (
            <ConfirmButton
              variant="inline-link"
              label="End"
              ariaLabel={`End sharing with ${visible(row.PrincipalId ?? '')}`}
              title={`End sharing with ${visible(row.PrincipalId ?? '')}?`}
              run={() =>
                call('servicecatalog.DeletePortfolioShare', { PortfolioId: id, AccountId: row.PrincipalId ?? '' })
              }
              done="It is no longer shared."
            >
              The account's principals can no longer launch its products.
            </ConfirmButton>
          ),
        },
      ]}
    />
  )
}

const shareFields = [
  formField('AccountId', { label: 'Account', pattern: '[0-9]{12}', patternText: 'An account has 12 digits.' }),
  formField('ShareTagOptions', {
    label: 'With tag options',
    initial: 'no',
    options: ['yes', 'no'],
    optionLabels: { yes: 'Yes', no: 'No' },
  }),
]
