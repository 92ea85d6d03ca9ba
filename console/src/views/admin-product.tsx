import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useState } from 'react'
import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { useApi, useDo, usePages } from '../api/use-api.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure, FailurePage } from '../parts/failure.tsx'
import { FormButton } from '../parts/form-button.tsx'
import { notify } from '../parts/notices.tsx'
import { usePortfolioPicks } from '../parts/picks.ts'
import { TabSet } from '../parts/tab-set.tsx'
import { TagOptionsOf } from '../parts/tag-options-of.tsx'
import { VersionActions } from '../parts/version-actions.tsx'
import { useVersionForm, VersionForm } from '../parts/version-form.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { OneLine, Text, Time } from '../parts/words.tsx'
import type { ViewProps } from '../routes.ts'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { formField } from '../words/fields.ts'
import { visible } from '../words/text.ts'
import type { ProductType } from '../words/version.ts'

/** One product as its administrator sees it: versions, their service actions, portfolios, tag options. */
export default function AdminProduct({ id }: ViewProps) {
  const { data, error } = useApi('servicecatalog.DescribeProductAsAdmin', { Id: id })
  const listed = useApi('servicecatalog.ListProvisioningArtifacts', { ProductId: id })
  if (error) return <FailurePage error={error} title="The product cannot be shown" />
  const product = data?.ProductViewDetail?.ProductViewSummary
  if (!product) return <Waiting />
  const name = product.Name ?? id
  const versions = listed.data?.ProvisioningArtifactDetails ?? []
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <ConfirmButton
              label="Delete"
              title={`Delete ${visible(name)}?`}
              run={() => call('servicecatalog.DeleteProduct', { Id: id })}
              done={`${name} was deleted.`}
              then={() => go('/admin/products')}
            >
              A product that is in a portfolio, or that something was provisioned from, cannot be deleted.
            </ConfirmButton>
            <FormButton
              label="Edit"
              title={`Edit ${visible(name)}`}
              submit="Save"
              done="Saved."
              fields={[
                formField('Name', { initial: name }),
                formField('Owner', { initial: product.Owner ?? '' }),
                formField('Description', { initial: product.ShortDescription ?? '', isRequired: false }),
                formField('SupportEmail', {
                  label: 'E-mail for support',
                  initial: product.SupportEmail ?? '',
                  isRequired: false,
                }),
                formField('SupportUrl', {
                  label: 'Page for support',
                  initial: product.SupportUrl ?? '',
                  isRequired: false,
                }),
              ]}
              run={values => call('servicecatalog.UpdateProduct', { Id: id, ...values })}
            />
            <Button href={to('/products', id)}>As requesters see it</Button>
          </SpaceBetween>
        }
      >
        {visible(name)}
      </Header>
      <Container>
        <SpaceBetween size="m">
          {product.ShortDescription && <Text>{product.ShortDescription}</Text>}
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'Type', value: <Text>{product.Type}</Text> },
              { label: 'Owner', value: <Text>{product.Owner}</Text> },
              { label: 'Created', value: <Time of={data.ProductViewDetail?.CreatedTime} /> },
              { label: 'Id', value: <Text>{id}</Text> },
            ]}
          />
        </SpaceBetween>
      </Container>
      <TabSet
        label="Of the product"
        tabs={[
          {
            id: 'versions',
            label: 'Versions',
            content: listed.error ? (
              <Failure error={listed.error} title="The versions cannot be listed" />
            ) : (
              <Versions productId={id} type={(product.Type ?? 'EXTERNAL') as ProductType} versions={versions} />
            ),
          },
          {
            id: 'actions',
            label: 'Service actions',
            content: <VersionActions productId={id} versions={versions} />,
          },
          { id: 'portfolios', label: 'Portfolios', content: <PortfoliosOf id={id} /> },
          {
            id: 'tag-options',
            label: 'Tag options',
            content: <TagOptionsOf resourceId={id} tagOptions={data.TagOptions ?? []} />,
          },
        ]}
      />
    </SpaceBetween>
  )
}

type Version = NonNullable<Output<'servicecatalog.ListProvisioningArtifacts'>['ProvisioningArtifactDetails']>[number]

function Versions({
  productId,
  type,
  versions,
}: {
  readonly productId: string
  readonly type: ProductType
  readonly versions: readonly Version[]
}) {
  const [isAdding, setAdding] = useState(false)
  return (
    <>
      <Table
        items={[...versions].sort((a, b) => (b.CreatedTime ?? 0) - (a.CreatedTime ?? 0))}
        trackBy="Id"
        contentDensity="compact"
        ariaLabels={{ tableLabel: 'Versions' }}
        empty="It has no version."
        header={
          <Header
            variant="h2"
            counter={`(${versions.length})`}
            actions={<Button onClick={() => setAdding(true)}>Create version</Button>}
          >
            Versions
          </Header>
        }
        columnDefinitions={[
          { id: 'name', header: 'Name', cell: row => <OneLine>{row.Name}</OneLine>, isRowHeader: true },
          { id: 'description', header: 'Description', cell: row => <OneLine>{row.Description}</OneLine> },
          {
            id: 'active',
            header: 'Launch',
            cell: row => (row.Active === false ? 'No' : row.Guidance === 'DEPRECATED' ? 'Updates only' : 'Yes'),
          },
          { id: 'created', header: 'Created', cell: row => <Time of={row.CreatedTime} /> },
          { id: 'id', header: 'Id', cell: row => <OneLine>{row.Id}</OneLine> },
          {
            id: 'change',
            header: 'Change',
            minWidth: 200,
            cell: row => <VersionChanges productId={productId} version={row} />,
          },
        ]}
      />
      {isAdding && <CreateVersion productId={productId} type={type} close={() => setAdding(false)} />}
    </>
  )
}

function VersionChanges({ productId, version }: { readonly productId: string; readonly version: Version }) {
  const ids = { ProductId: productId, ProvisioningArtifactId: version.Id ?? '' }
  const name = visible(version.Name ?? '')
  const isActive = version.Active !== false
  return (
    <span className="row-actions">
      <ConfirmButton
        variant="inline-link"
        label={isActive ? 'Deactivate' : 'Activate'}
        ariaLabel={`${isActive ? 'Deactivate' : 'Activate'} ${name}`}
        title={`${isActive ? 'Deactivate' : 'Activate'} ${name}?`}
        run={() => call('servicecatalog.UpdateProvisioningArtifact', { ...ids, Active: !isActive })}
        done="It was changed."
      >
        {isActive
          ? 'It can no longer be launched or updated to. What was provisioned from it stays.'
          : 'It can be launched again.'}
      </ConfirmButton>
      <FormButton
        variant="inline-link"
        label="Edit"
        ariaLabel={`Edit ${name}`}
        title={`Edit ${name}`}
        submit="Save"
        done="Saved."
        fields={[
          formField('Name', { initial: version.Name ?? '' }),
          formField('Description', { initial: version.Description ?? '', isRequired: false }),
          formField('Guidance', {
            initial: version.Guidance ?? 'DEFAULT',
            options: ['DEFAULT', 'DEPRECATED'],
            optionLabels: { DEFAULT: 'Can be launched', DEPRECATED: 'Deprecated: updates only' },
          }),
        ]}
        run={({ Guidance, ...values }) =>
          call('servicecatalog.UpdateProvisioningArtifact', {
            ...ids,
            ...values,
            Guidance: Guidance as 'DEFAULT',
          })
        }
      />
      <ConfirmButton
        variant="inline-link"
        label="Delete"
        ariaLabel={`Delete ${name}`}
        title={`Delete ${name}?`}
        run={() => call('servicecatalog.DeleteProvisioningArtifact', ids)}
        done="It was deleted."
      >
        The last version of a product cannot be deleted.
      </ConfirmButton>
    </span>
  )
}

function CreateVersion(props: { readonly productId: string; readonly type: ProductType; readonly close: () => void }) {
  const { productId, type, close } = props
  const form = useVersionForm()
  const create = useDo(async () =>
    call('servicecatalog.CreateProvisioningArtifact', { ProductId: productId, Parameters: await form.version(type) }),
  )
  return (
    <Dialog
      header="Create version"
      close={close}
      submit="Create"
      button={{
        loading: create.isPending,
        onClick: () => {
          if (!form.check()) return
          create.mutate(undefined, {
            onSuccess: () => {
              close()
              notify('success', `${form.name} was created.`)
            },
          })
        },
      }}
    >
      <SpaceBetween size="m">
        <VersionForm form={form} />
        {create.error && <Failure error={create.error} title="The version was not created" />}
      </SpaceBetween>
    </Dialog>
  )
}

const portfoliosOf = (output: Output<'servicecatalog.ListPortfoliosForProduct'>) => output.PortfolioDetails

function PortfoliosOf({ id }: { readonly id: string }) {
  const pages = usePages(
    'servicecatalog.ListPortfoliosForProduct',
    { ProductId: id, PageSize: 20 },
    { rows: portfoliosOf },
  )
  const picks = usePortfolioPicks()
  const here = new Set(pages.rows.map(row => row.Id))
  return (
    <DataTable
      title="Portfolios"
      variant="container"
      pages={pages}
      rowId={row => row.Id ?? ''}
      sort="name"
      empty="It is in no portfolio: nobody can launch it."
      actions={
        <FormButton
          label="Add to portfolio"
          title="Add it to a portfolio"
          submit="Add"
          done="It was added."
          fields={[
            formField('PortfolioId', {
              label: 'Portfolio',
              options: picks.options.filter(each => !here.has(each)),
              optionLabels: picks.optionLabels,
            }),
          ]}
          run={({ PortfolioId = '' }) =>
            call('servicecatalog.AssociateProductWithPortfolio', { ProductId: id, PortfolioId })
          }
        />
      }
      columns={[
        {
          id: 'name',
          header: 'Name',
          width: 280,
          value: row => row.DisplayName,
          cell: row => <a href={to('/portfolios', row.Id ?? '')}>{visible(row.DisplayName ?? '')}</a>,
        },
        {
          id: 'provider',
          header: 'Provider',
          value: row => row.ProviderName,
          cell: row => <OneLine>{row.ProviderName}</OneLine>,
        },
        { id: 'id', header: 'Id', value: row => row.Id, cell: row => <OneLine>{row.Id}</OneLine> },
      ]}
    />
  )
}
