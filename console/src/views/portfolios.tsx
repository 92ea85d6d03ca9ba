import Link from '@cloudscape-design/components/link'
import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { OneLine, Time } from '../parts/words.tsx'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'

const rowsOf = (output: Output<'servicecatalog.ListPortfolios'>) => output.PortfolioDetails

type Row = NonNullable<ReturnType<typeof rowsOf>>[number]

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 280,
    value: row => row.DisplayName,
    cell: row => <Link href={to('/portfolios', row.Id ?? '')}>{visible(row.DisplayName ?? '')}</Link>,
  },
  {
    id: 'description',
    header: 'Description',
    width: 380,
    value: row => row.Description,
    cell: row => <OneLine>{row.Description}</OneLine>,
  },
  {
    id: 'provider',
    header: 'Provider',
    value: row => row.ProviderName,
    cell: row => <OneLine>{row.ProviderName}</OneLine>,
  },
  {
    id: 'created',
    header: 'Created',
    width: 200,
    value: row => row.CreatedTime,
    cell: row => <Time of={row.CreatedTime} />,
  },
  { id: 'id', header: 'Id', value: row => row.Id, cell: row => <OneLine>{row.Id}</OneLine> },
]

/** Fields of a portfolio, to make one and to change it. */
export const portfolioFields = (now: { DisplayName?: string; ProviderName?: string; Description?: string } = {}) => [
  formField('DisplayName', { label: 'Name', initial: now.DisplayName ?? '', longest: 100 }),
  formField('ProviderName', {
    label: 'Provider',
    description: 'Who answers for it: a team, or a person.',
    initial: now.ProviderName ?? '',
    longest: 50,
  }),
  formField('Description', { initial: now.Description ?? '', isRequired: false, longest: 2000 }),
]

/** Every portfolio of the account. */
export default function Portfolios() {
  const pages = usePages('servicecatalog.ListPortfolios', { PageSize: 20 }, { rows: rowsOf })
  return (
    <DataTable
      title="Portfolios"
      description="Products with those who may launch them, and under which constraints."
      columns={columns}
      pages={pages}
      rowId={row => row.Id ?? ''}
      sort="name"
      empty="There is no portfolio yet."
      actions={
        <FormButton
          label="Create portfolio"
          variant="primary"
          title="Create portfolio"
          submit="Create"
          fields={createFields}
          run={({ DisplayName = '', ProviderName = '', ...more }) =>
            call('servicecatalog.CreatePortfolio', { DisplayName, ProviderName, ...more })
          }
          then={({ PortfolioDetail }) => go(to('/portfolios', PortfolioDetail?.Id ?? ''))}
        />
      }
    />
  )
}

const createFields = portfolioFields()
