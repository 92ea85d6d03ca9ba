import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useAct, useApi, usePages } from '../api/use-api.ts'
import { activitiesOf, activityColumns } from '../parts/activity.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure, FailurePage } from '../parts/failure.tsx'
import { InLine } from '../parts/in-line.tsx'
import { Pairs } from '../parts/timeline.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { Status, Text, Time } from '../parts/words.tsx'
import type { ViewProps } from '../routes.ts'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { nameOfArn, visible } from '../words/text.ts'

const { time, what, who, status, error, record } = activityColumns

/** One provisioned product: how it is, what can be done to it, what it put out, and what was done. */
export default function ProvisionedProduct({ id }: ViewProps) {
  const found = useApi('servicecatalog.DescribeProvisionedProduct', { Id: id }, { every: 5_000 })
  const searched = useApi('servicecatalog.SearchProvisionedProducts', {
    Filters: { SearchQuery: [`id:${id}`] },
    AccessLevelFilter: { Key: 'Account', Value: 'self' },
  })
  const outputs = useApi(
    'servicecatalog.GetProvisionedProductOutputs',
    { ProvisionedProductId: id },
    { enabled: !!found.data },
  )
  const records = usePages(
    'bellhop.ListActivity',
    { Kind: 'RECORD', PageSize: 20, ProvisionedProductId: id, AccessLevelFilter: { Key: 'Account', Value: 'self' } },
    { rows: activitiesOf, every: 5_000 },
  )
  if (found.error) return <FailurePage error={found.error} title="The provisioned product cannot be shown" />
  const product = found.data?.ProvisionedProductDetail
  if (!product) return <Waiting />
  const attribute = searched.data?.ProvisionedProducts?.[0]
  const isFree = product.Status === 'AVAILABLE' || product.Status === 'TAINTED'
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={!isFree} href={isFree ? to('/provisioned-products', id, 'update') : undefined}>
              Update
            </Button>
            <Terminate
              id={id}
              name={product.Name ?? id}
              disabled={product.Status === 'UNDER_CHANGE' || product.Status === 'PLAN_IN_PROGRESS'}
            />
          </SpaceBetween>
        }
      >
        {visible(product.Name ?? id)}
      </Header>
      <Container>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Status', value: <Status of={product.Status} /> },
            {
              label: 'Product',
              value: product.ProductId ? (
                <a href={to('/products', product.ProductId)}>{visible(attribute?.ProductName ?? product.ProductId)}</a>
              ) : (
                '-'
              ),
            },
            {
              label: 'Version',
              value: <Text>{attribute?.ProvisioningArtifactName ?? product.ProvisioningArtifactId}</Text>,
            },
            { label: 'Owner', value: <Text>{nameOfArn(attribute?.UserArn ?? '')}</Text> },
            { label: 'Created', value: <Time of={product.CreatedTime} /> },
            { label: 'Acts as', value: <Text>{nameOfArn(product.LaunchRoleArn ?? '')}</Text> },
            { label: 'Resource', value: <Text>{attribute?.PhysicalId}</Text> },
            { label: 'Id', value: <Text>{id}</Text> },
          ]}
        />
      </Container>
      {product.Status === 'UNDER_CHANGE' && product.LastRecordId && (
        <Alert
          type="info"
          header="Something is being done to it"
          action={<Button href={to('/records', product.LastRecordId)}>Watch</Button>}
        >
          One change at a time: actions can be run again when this one has ended.
        </Alert>
      )}
      {product.Status === 'UNDER_CHANGE' && product.LastRecordId && <RecordInLine id={product.LastRecordId} />}
      {product.Status === 'PLAN_IN_PROGRESS' && <OnlyPlanned id={id} />}
      {product.StatusMessage && (product.Status === 'ERROR' || product.Status === 'TAINTED') && (
        <Alert
          type={product.Status === 'ERROR' ? 'error' : 'warning'}
          header={product.Status === 'ERROR' ? 'It is in error' : 'Its last change failed'}
          action={
            product.LastRecordId && <Button href={to('/records', product.LastRecordId)}>Show what happened</Button>
          }
        >
          <Text>{product.StatusMessage}</Text>
        </Alert>
      )}
      {product.ProductId && product.ProvisioningArtifactId && (
        <Actions id={id} productId={product.ProductId} versionId={product.ProvisioningArtifactId} isFree={isFree} />
      )}
      <Container header={<Header variant="h2">Outputs</Header>}>
        {outputs.error ? (
          <Failure error={outputs.error} title="The outputs cannot be shown" />
        ) : outputs.data?.Outputs?.length ? (
          <Pairs
            values={Object.fromEntries(
              outputs.data.Outputs.map(each => [each.OutputKey ?? '', each.OutputValue ?? '']),
            )}
          />
        ) : (
          <Box color="text-body-secondary">It has put nothing out.</Box>
        )}
      </Container>
      <DataTable
        title="Records"
        variant="container"
        columns={[time, what, who, status, error, record]}
        pages={records}
        rowId={row => row.Id}
        sort="-time"
        empty="Nothing has been done to it."
      />
    </SpaceBetween>
  )
}

/** Where the change that it is under stands in its line, while it waits for its turn. */
function RecordInLine({ id }: { readonly id: string }) {
  return <InLine position={useApi('bellhop.DescribeRecordPosition', { Id: id }, { every: 3_000 }).data} />
}

/** The way to the plan that makes it. */
function OnlyPlanned({ id }: { readonly id: string }) {
  const plans = useApi('servicecatalog.ListProvisionedProductPlans', {
    ProvisionProductId: id,
    AccessLevelFilter: { Key: 'Account', Value: 'self' },
  })
  const plan = plans.data?.ProvisionedProductPlans?.[0]?.PlanId
  return (
    <Alert
      type="info"
      header="It is only planned"
      action={plan && <Button href={to('/plans', plan)}>Show the plan</Button>}
    >
      It is there when its plan has been carried out.
    </Alert>
  )
}

function Actions(props: {
  readonly id: string
  readonly productId: string
  readonly versionId: string
  readonly isFree: boolean
}) {
  const { id, productId, versionId, isFree } = props
  const listed = useApi('servicecatalog.ListServiceActionsForProvisioningArtifact', {
    ProductId: productId,
    ProvisioningArtifactId: versionId,
    PageSize: 20,
  })
  const actions = listed.data?.ServiceActionSummaries ?? []
  return (
    <Container header={<Header variant="h2">Actions</Header>}>
      {listed.error ? (
        <Failure error={listed.error} title="The actions cannot be listed" />
      ) : actions.length === 0 ? (
        <Box color="text-body-secondary">{listed.data ? 'No action is offered for this version.' : 'Loading'}</Box>
      ) : (
        <div data-run className="actions">
          {actions.flatMap(action => [
            <span key={`${action.Id} button`}>
              <Button
                disabled={!isFree}
                href={isFree ? to('/provisioned-products', id, 'actions', action.Id ?? '') : undefined}
              >
                {visible(action.Name ?? '')}
              </Button>
            </span>,
            <span key={`${action.Id} text`} className="text">
              {visible(action.Description ?? '')}
            </span>,
          ])}
        </div>
      )}
    </Container>
  )
}

function Terminate({ id, name, disabled }: { readonly id: string; readonly name: string; readonly disabled: boolean }) {
  const [isAsking, setAsking] = useState(false)
  const terminate = useAct('servicecatalog.TerminateProvisionedProduct')
  return (
    <>
      <Button disabled={disabled} onClick={() => setAsking(true)}>
        Terminate
      </Button>
      <Dialog
        visible={isAsking}
        header={`Terminate ${visible(name)}?`}
        close={() => setAsking(false)}
        cancel="Keep it"
        submit="Terminate"
        button={{
          loading: terminate.isPending,
          onClick: () =>
            terminate.mutate(
              { ProvisionedProductId: id },
              { onSuccess: ({ RecordDetail }) => go(to('/records', RecordDetail?.RecordId ?? '')) },
            ),
        }}
      >
        <SpaceBetween size="s">
          <span>What it is made of is deleted. This cannot be undone.</span>
          {terminate.error && <Failure error={terminate.error} />}
        </SpaceBetween>
      </Dialog>
    </>
  )
}
