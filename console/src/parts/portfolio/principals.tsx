import { call } from '../../api/client.ts'
import type { Output } from '../../api/services.ts'
import { usePages } from '../../api/use-api.ts'
import { formField } from '../../words/fields.ts'
import { visible } from '../../words/text.ts'
import { ConfirmButton } from '../confirm-button.tsx'
import { DataTable } from '../data-table.tsx'
import { FormButton } from '../form-button.tsx'
import { OneLine } from '../words.tsx'

const rowsOf = (output: Output<'servicecatalog.ListPrincipalsForPortfolio'>) => output.Principals

/** Who may launch the products of a portfolio. */
export function PortfolioPrincipals({ id }: { readonly id: string }) {
  const pages = usePages(
    'servicecatalog.ListPrincipalsForPortfolio',
    { PortfolioId: id, PageSize: 20 },
    { rows: rowsOf },
  )
  return (
    <DataTable
      title="Access"
      variant="container"
      description="Users, groups and roles that the portfolio has been given to."
      pages={pages}
      rowId={row => `${row.PrincipalType} ${row.PrincipalARN}`}
      sort="arn"
      empty="Nobody can launch its products yet."
      actions={
        <FormButton
          label="Give access"
          title="Give access to the portfolio"
          submit="Give access"
          done="Access was given."
          note="A user, a group or a role by its ARN; or a pattern, which has no account and may have * and ? in it."
          fields={principalFields}
          run={({ PrincipalARN = '' }) =>
            call('servicecatalog.AssociatePrincipalWithPortfolio', {
              PortfolioId: id,
              PrincipalARN,
              PrincipalType: /^arn:aws[a-z-]*:iam:::/.test(PrincipalARN) ? 'IAM_PATTERN' : 'IAM',
            })
          }
        />
      }
      columns={[
        {
          id: 'arn',
          header: 'Principal',
          width: 460,
          value: row => row.PrincipalARN,
          cell: row => <OneLine>{row.PrincipalARN}</OneLine>,
        },
        {
          id: 'type',
          header: 'Kind',
          value: row => row.PrincipalType,
          cell: row => (row.PrincipalType === 'IAM_PATTERN' ? 'Pattern' : 'Identity'),
        },
        {
          id: 'remove',
          header: 'Remove',
          cell: row => (
            <ConfirmButton
              variant="inline-link"
              label="Take away"
              ariaLabel={`Take access from ${visible(row.PrincipalARN ?? '')}`}
              title="Take access away?"
              run={() =>
                call('servicecatalog.DisassociatePrincipalFromPortfolio', {
                  PortfolioId: id,
                  PrincipalARN: row.PrincipalARN ?? '',
                  PrincipalType: row.PrincipalType,
                })
              }
              done="Access was taken away."
            >
              <OneLine>{row.PrincipalARN}</OneLine> can no longer launch products through this portfolio.
            </ConfirmButton>
          ),
        },
      ]}
    />
  )
}

const principalFields = [
  formField('PrincipalARN', {
    label: 'Principal',
    description: 'E.g. arn:aws:iam::123456789012:user/alice, or arn:aws:iam:::role/team-*',
    pattern: 'arn:aws[a-z-]*:iam::[0-9]*:.+',
    patternText: 'The ARN of a user, a group or a role.',
  }),
]
