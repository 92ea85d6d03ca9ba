import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { OneLine } from '../parts/words.tsx'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'

const rowsOf = (output: Output<'servicecatalog.ListTagOptions'>) => output.TagOptionDetails

type Row = NonNullable<ReturnType<typeof rowsOf>>[number]

const columns: readonly Column<Row>[] = [
  { id: 'key', header: 'Key', width: 240, value: row => row.Key, cell: row => <OneLine>{row.Key}</OneLine> },
  { id: 'value', header: 'Value', width: 300, value: row => row.Value, cell: row => <OneLine>{row.Value}</OneLine> },
  {
    id: 'active',
    header: 'Offered',
    value: row => (row.Active ? 'yes' : 'no'),
    cell: row => (row.Active ? 'Yes' : 'No'),
  },
  { id: 'id', header: 'Id', value: row => row.Id, cell: row => <OneLine>{row.Id}</OneLine> },
  {
    id: 'change',
    header: 'Change',
    width: 200,
    cell: row => {
      const name = visible(`${row.Key}: ${row.Value}`)
      return (
        <span className="row-actions">
          <ConfirmButton
            variant="inline-link"
            label={row.Active ? 'Deactivate' : 'Activate'}
            ariaLabel={`${row.Active ? 'Deactivate' : 'Activate'} ${name}`}
            title={`${row.Active ? 'Deactivate' : 'Activate'} ${name}?`}
            run={() => call('servicecatalog.UpdateTagOption', { Id: row.Id ?? '', Active: !row.Active })}
            done="It was changed."
          >
            {row.Active ? 'It is no longer offered at a launch.' : 'It is offered again at a launch.'}
          </ConfirmButton>
          <ConfirmButton
            variant="inline-link"
            label="Delete"
            ariaLabel={`Delete ${name}`}
            title={`Delete ${name}?`}
            run={() => call('servicecatalog.DeleteTagOption', { Id: row.Id ?? '' })}
            done="It was deleted."
          >
            A tag option that portfolios or products have cannot be deleted.
          </ConfirmButton>
        </span>
      )
    },
  },
]

/** Tags that a launch offers, or asks for. */
export default function TagOptions() {
  const pages = usePages('servicecatalog.ListTagOptions', { PageSize: 20 }, { rows: rowsOf })
  return (
    <DataTable
      title="Tag options"
      description="Tags that a launch asks for. Portfolios and products are given them on their own pages."
      columns={columns}
      pages={pages}
      rowId={row => row.Id ?? ''}
      sort="key"
      empty="There is no tag option."
      actions={
        <FormButton
          label="Create tag option"
          variant="primary"
          title="Create tag option"
          submit="Create"
          done="It was created."
          fields={[formField('Key', { longest: 128 }), formField('Value', { longest: 256 })]}
          run={({ Key = '', Value = '' }) => call('servicecatalog.CreateTagOption', { Key, Value })}
        />
      }
    />
  )
}
