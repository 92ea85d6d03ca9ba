import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { useAct, useApi, usePages } from '../api/use-api.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure, FailurePage } from '../parts/failure.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { notify } from '../parts/notices.tsx'
import { useProductPicks } from '../parts/picks.ts'
import { productColumn } from '../parts/product-columns.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { OneLine, Text } from '../parts/words.tsx'
import type { ViewProps } from '../routes.ts'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'
import { parametersOf } from '../words/service-action.ts'
import { nameOfArn, visible } from '../words/text.ts'

const rowsOf = (output: Output<'servicecatalog.ListProvisioningArtifactsForServiceAction'>) =>
  output.ProvisioningArtifactViews

/** One service action: what it runs, as whom, and which versions of products offer it. */
export default function ServiceAction({ id }: ViewProps) {
  const found = useApi('servicecatalog.DescribeServiceAction', { Id: id })
  const pages = usePages(
    'servicecatalog.ListProvisioningArtifactsForServiceAction',
    { ServiceActionId: id, PageSize: 20 },
    { rows: rowsOf },
  )
  if (found.error) return <FailurePage error={found.error} title="The service action cannot be shown" />
  const detail = found.data?.ServiceActionDetail
  if (!detail) return <Waiting />
  const { ServiceActionSummary: action = {}, Definition: definition = {} } = detail
  const name = action.Name ?? id
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={action.Description && <Text>{action.Description}</Text>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <ConfirmButton
              label="Delete"
              title={`Delete ${visible(name)}?`}
              run={() => call('servicecatalog.DeleteServiceAction', { Id: id })}
              done={`${name} was deleted.`}
              then={() => go('/service-actions')}
            >
              Its button goes from every product. An action that versions still offer cannot be deleted.
            </ConfirmButton>
            <FormButton
              label="Edit"
              title={`Edit ${visible(name)}`}
              submit="Save"
              done="Saved."
              fields={[
                formField('Name', {
                  initial: name,
                  pattern: '[A-Za-z0-9_.-]+',
                  patternText: 'Only letters, digits, - _ and dots.',
                }),
                formField('Description', { initial: action.Description ?? '', isRequired: false }),
              ]}
              run={values => call('servicecatalog.UpdateServiceAction', { Id: id, ...values })}
            />
          </SpaceBetween>
        }
      >
        {visible(name)}
      </Header>
      <Container header={<Header variant="h2">What it runs</Header>}>
        <SpaceBetween size="m">
          <KeyValuePairs
            columns={4}
            items={[
              {
                label: 'Document',
                value: definition.Name ? (
                  <a href={to('/documents', definition.Name)}>{visible(nameOfArn(definition.Name))}</a>
                ) : (
                  '-'
                ),
              },
              { label: 'Version', value: <Text>{definition.Version}</Text> },
              { label: 'Acts as', value: <Text>{actsAs(definition.AssumeRole)}</Text> },
              { label: 'Id', value: <Text>{id}</Text> },
            ]}
          />
          <div>
            <Box variant="awsui-key-label">Parameters</Box>
            {parametersOf(definition.Parameters).length === 0 ? (
              <Box color="text-body-secondary">None is asked for.</Box>
            ) : (
              <ul className="plain-list">
                {parametersOf(definition.Parameters).map(each => (
                  <li key={each.Name}>
                    <Text mono>{each.Name}</Text>:{' '}
                    {each.Type === 'TARGET' ? "the product's own resource" : 'a text that is asked for'}
                  </li>
                ))}
              </ul>
            )}
          </div>
        </SpaceBetween>
      </Container>
      <DataTable
        title="Versions that offer it"
        variant="container"
        pages={pages}
        rowId={row => `${row.ProductViewSummary?.ProductId} ${row.ProvisioningArtifact?.Id}`}
        sort="product"
        empty="No version offers it yet: nobody sees its button."
        actions={<Associate actionId={id} />}
        columns={[
          productColumn('product', 'Product'),
          {
            id: 'version',
            header: 'Version',
            width: 220,
            value: row => row.ProvisioningArtifact?.Name,
            cell: row => <OneLine>{row.ProvisioningArtifact?.Name}</OneLine>,
          },
          {
            id: 'id',
            header: 'Id of the version',
            value: row => row.ProvisioningArtifact?.Id,
            cell: row => <OneLine>{row.ProvisioningArtifact?.Id}</OneLine>,
          },
          {
            id: 'remove',
            header: 'Remove',
            cell: row => (
              <ConfirmButton
                variant="inline-link"
                label="Remove"
                ariaLabel={`Remove from ${visible(row.ProductViewSummary?.Name ?? '')} ${visible(row.ProvisioningArtifact?.Name ?? '')}`}
                title="Remove it from this version?"
                run={() =>
                  call('servicecatalog.DisassociateServiceActionFromProvisioningArtifact', {
                    ServiceActionId: id,
                    ProductId: row.ProductViewSummary?.ProductId ?? '',
                    ProvisioningArtifactId: row.ProvisioningArtifact?.Id ?? '',
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
    </SpaceBetween>
  )
}

function actsAs(role: string | undefined): string {
  if (role === undefined) return 'whoever runs it'
  return role === 'LAUNCH_ROLE' ? 'the launch role' : nameOfArn(role)
}

/** Which version: a product first, then one of its versions. */
function Associate({ actionId }: { readonly actionId: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        Associate with a version
      </Button>
      {isOpen && <AssociateDialog actionId={actionId} close={() => setOpen(false)} />}
    </>
  )
}

function AssociateDialog({ actionId, close }: { readonly actionId: string; readonly close: () => void }) {
  const products = useProductPicks()
  const [productId, setProduct] = useState('')
  const [versionId, setVersion] = useState('')
  const listed = useApi(
    'servicecatalog.ListProvisioningArtifacts',
    { ProductId: productId },
    { enabled: productId !== '' },
  )
  const versions = (productId === '' ? undefined : listed.data?.ProvisioningArtifactDetails) ?? []
  const versionOptions = versions.map(({ Id = '', Name = '', Active }) => ({
    value: Id,
    label: visible(Name),
    ...(Active === false && { description: 'Not active' }),
  }))
  const associate = useAct('servicecatalog.AssociateServiceActionWithProvisioningArtifact')
  return (
    <Dialog
      header="Associate with a version"
      close={close}
      submit="Associate"
      button={{
        disabled: versionId === '',
        loading: associate.isPending,
        onClick: () =>
          associate.mutate(
            { ServiceActionId: actionId, ProductId: productId, ProvisioningArtifactId: versionId },
            {
              onSuccess: () => {
                close()
                notify('success', 'It is offered now.')
              },
            },
          ),
      }}
    >
      <SpaceBetween size="m">
        <FormField label="Product">
          <Select
            options={products.options.map(value => ({ value, label: visible(products.optionLabels[value] ?? value) }))}
            selectedOption={
              productId ? { value: productId, label: visible(products.optionLabels[productId] ?? productId) } : null
            }
            placeholder="Choose a product"
            filteringType="auto"
            expandToViewport
            empty="There is no product."
            onChange={({ detail }) => {
              setProduct(detail.selectedOption.value ?? '')
              setVersion('')
            }}
          />
        </FormField>
        <FormField label="Version">
          <Select
            options={versionOptions}
            selectedOption={versionOptions.find(({ value }) => value === versionId) ?? null}
            placeholder="Choose a version"
            disabled={productId === ''}
            expandToViewport
            onChange={({ detail }) => setVersion(detail.selectedOption.value ?? '')}
          />
        </FormField>
        {(associate.error ?? listed.error) && <Failure error={(associate.error ?? listed.error)!} />}
      </SpaceBetween>
    </Dialog>
  )
}
