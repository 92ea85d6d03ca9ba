import Header from '@cloudscape-design/components/header'
import Table from '@cloudscape-design/components/table'
import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { FormButton } from './form-button.tsx'
import { useTagOptionPicks } from './picks.ts'
import { OneLine } from './words.tsx'

type TagOption = NonNullable<Output<'servicecatalog.DescribePortfolio'>['TagOptions']>[number]

/** The tag options of a portfolio or a product: 25 at most, so they need no pages. */
export function TagOptionsOf({
  resourceId,
  tagOptions,
}: {
  readonly resourceId: string
  readonly tagOptions: readonly TagOption[]
}) {
  const picks = useTagOptionPicks()
  const here = new Set(tagOptions.map(each => each.Id))
  return (
    <Table
      items={tagOptions}
      trackBy="Id"
      contentDensity="compact"
      ariaLabels={{ tableLabel: 'Tag options' }}
      empty="It has no tag option."
      header={
        <Header
          variant="h2"
          counter={`(${tagOptions.length})`}
          actions={
            <FormButton
              label="Add tag option"
              title="Add a tag option"
              submit="Add"
              done="It was added."
              fields={[
                formField('TagOptionId', {
                  label: 'Tag option',
                  options: picks.options.filter(each => !here.has(each)),
                  optionLabels: picks.optionLabels,
                }),
              ]}
              run={({ TagOptionId = '' }) =>
                call('servicecatalog.AssociateTagOptionWithResource', { ResourceId: resourceId, TagOptionId })
              }
            />
          }
        >
          Tag options
        </Header>
      }
      columnDefinitions={[
        { id: 'key', header: 'Key', cell: row => <OneLine>{row.Key}</OneLine>, isRowHeader: true },
        { id: 'value', header: 'Value', cell: row => <OneLine>{row.Value}</OneLine> },
        { id: 'active', header: 'Offered', cell: row => (row.Active ? 'Yes' : 'No') },
        {
          id: 'remove',
          header: 'Remove',
          cell: row => (
            <ConfirmButton
              variant="inline-link"
              label="Remove"
              ariaLabel={`Remove ${visible(`${row.Key}: ${row.Value}`)}`}
              title="Remove the tag option?"
              run={() =>
                call('servicecatalog.DisassociateTagOptionFromResource', {
                  ResourceId: resourceId,
                  TagOptionId: row.Id ?? '',
                })
              }
              done="It was removed."
            >
              A launch no longer offers it for this.
            </ConfirmButton>
          ),
        },
      ]}
    />
  )
}
