import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { usePages } from '../api/use-api.ts'
import { to } from '../routing/location.ts'
import { useLocation } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { DataTable } from './data-table.tsx'
import { FormButton } from './form-button.tsx'
import { useActionPicks } from './picks.ts'
import { QuerySelect } from './query-select.tsx'
import { OneLine } from './words.tsx'

const rowsOf = (output: Output<'servicecatalog.ListServiceActionsForProvisioningArtifact'>) =>
  output.ServiceActionSummaries

interface Version {
  readonly Id?: string
  readonly Name?: string
}

/** The service actions that one version of a product offers; the version is in the address. */
export function VersionActions({
  productId,
  versions,
}: {
  readonly productId: string
  readonly versions: readonly Version[]
}) {
  const { query } = useLocation()
  const version = versions.find(each => each.Id === query['version']) ?? versions.at(-1)
  const ids = { ProductId: productId, ProvisioningArtifactId: version?.Id ?? '' }
  const pages = usePages(
    'servicecatalog.ListServiceActionsForProvisioningArtifact',
    { ...ids, PageSize: 20 },
    { rows: rowsOf, enabled: version !== undefined },
  )
  const actions = useActionPicks()
  const here = new Set(pages.rows.map(row => row.Id))
  const name = visible(version?.Name ?? '')
  return (
    <DataTable
      title="Service actions"
      variant="container"
      pages={pages}
      rowId={row => row.Id ?? ''}
      sort="name"
      empty="This version offers no action."
      filters={
        <QuerySelect
          name="version"
          label="Version"
          options={versions.map(({ Id = '', Name = '' }) => ({ value: Id, label: visible(Name) }))}
          value={version?.Id}
        />
      }
      actions={
        <FormButton
          label="Associate action"
          disabled={!version}
          title={`Associate an action with ${name}`}
          submit="Associate"
          done="It is offered now."
          fields={[
            formField('ServiceActionId', {
              label: 'Service action',
              options: actions.options.filter(each => !here.has(each)),
              optionLabels: actions.optionLabels,
            }),
          ]}
          run={({ ServiceActionId = '' }) =>
            call('servicecatalog.AssociateServiceActionWithProvisioningArtifact', { ...ids, ServiceActionId })
          }
        />
      }
      columns={[
        {
          id: 'name',
          header: 'Name',
          width: 260,
          value: row => row.Name,
          cell: row => <a href={to('/service-actions', row.Id ?? '')}>{visible(row.Name ?? '')}</a>,
        },
        {
          id: 'description',
          header: 'Description',
          width: 400,
          value: row => row.Description,
          cell: row => <OneLine>{row.Description}</OneLine>,
        },
        {
          id: 'remove',
          header: 'Remove',
          cell: row => (
            <ConfirmButton
              variant="inline-link"
              label="Remove"
              ariaLabel={`Remove ${visible(row.Name ?? '')}`}
              title={`Remove ${visible(row.Name ?? '')} from ${name}?`}
              run={() =>
                call('servicecatalog.DisassociateServiceActionFromProvisioningArtifact', {
                  ...ids,
                  ServiceActionId: row.Id ?? '',
                })
              }
              done="It was removed."
            >
              What is provisioned from the version no longer offers it.
            </ConfirmButton>
          ),
        },
      ]}
    />
  )
}
