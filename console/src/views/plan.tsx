import Alert from '@cloudscape-design/components/alert'
import Badge, { type BadgeProps } from '@cloudscape-design/components/badge'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { call } from '../api/client.ts'
import type { Output } from '../api/services.ts'
import { useApi, useDo, usePages } from '../api/use-api.ts'
import { CopyAs } from '../parts/copy-as.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { draftFromPlan, draftOf, keepDraft } from '../parts/drafts.ts'
import { Failure, FailurePage } from '../parts/failure.tsx'
import { DeletePlan, ExecutePlan } from '../parts/plan-buttons.tsx'
import { Pairs } from '../parts/timeline.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { OneLine, Status, Text, Time } from '../parts/words.tsx'
import type { ViewProps } from '../routes.ts'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { changedType, happening, happenings, isOwnChange, reasonsOf, summaryOf } from '../words/plan.ts'
import { visible } from '../words/text.ts'

const rowsOf = (output: Output<'servicecatalog.DescribeProvisionedProductPlan'>) => output.ResourceChanges

type Row = NonNullable<ReturnType<typeof rowsOf>>[number]

const colours: Readonly<Record<ReturnType<typeof happening>, BadgeProps['color']>> = {
  add: 'green',
  change: 'blue',
  replace: 'red',
  perhaps: 'severity-medium',
  remove: 'grey',
}

const columns: readonly Column<Row>[] = [
  {
    id: 'what',
    header: 'What happens',
    width: 190,
    value: row => happenings[happening(row)],
    cell: row => <Badge color={colours[happening(row)]}>{happenings[happening(row)]}</Badge>,
  },
  {
    id: 'resource',
    header: 'Resource',
    width: 260,
    value: row => row.LogicalResourceId,
    cell: row => <OneLine>{row.LogicalResourceId}</OneLine>,
  },
  {
    id: 'type',
    header: 'Type',
    width: 220,
    value: row => changedType(row.ResourceType),
    cell: row => <OneLine>{changedType(row.ResourceType)}</OneLine>,
  },
  {
    id: 'why',
    header: 'What of it',
    width: 320,
    value: row => reasonsOf(row),
    cell: row => <OneLine>{reasonsOf(row)}</OneLine>,
  },
  {
    id: 'physical',
    header: 'Physical id',
    width: 260,
    value: row => row.PhysicalResourceId,
    cell: row => <OneLine>{row.PhysicalResourceId}</OneLine>,
  },
]

/** A plan: what would be made, changed and replaced; then it is done, changed or thrown away. */
export default function Plan({ id }: ViewProps) {
  const described = useApi(
    'servicecatalog.DescribeProvisionedProductPlan',
    { PlanId: id, PageSize: 1 },
    { every: 2_000 },
  )
  const plan = described.data?.ProvisionedProductPlanDetails
  const status = plan?.Status ?? ''
  const productId = plan?.ProvisionProductId ?? ''
  const found = useApi('servicecatalog.DescribeProvisionedProduct', { Id: productId }, { enabled: productId !== '' })
  const product = found.data?.ProvisionedProductDetail
  const changes = usePages(
    'servicecatalog.DescribeProvisionedProductPlan',
    { PlanId: id, PageSize: 20 },
    { rows: rowsOf, enabled: status !== '' && status !== 'CREATE_IN_PROGRESS' },
  )
  const isNew = product?.Status === 'PLAN_IN_PROGRESS'
  const name = plan?.ProvisionProductName ?? ''
  const back = isNew
    ? to('/products', plan?.ProductId ?? '', 'launch')
    : to('/provisioned-products', productId, 'update')
  const rework = useDo(async () => {
    await call('servicecatalog.DeleteProvisionedProductPlan', { PlanId: id })
    if (!draftOf(id) && plan) keepDraft(id, draftFromPlan(plan))
    const query = { version: plan?.ProvisioningArtifactId ?? '', path: plan?.PathId ?? '', plan: id }
    go(`${back}?${new URLSearchParams(query)}`)
  })
  if (described.error) return <FailurePage error={described.error} title="The plan cannot be shown" />
  if (!plan) return <Waiting />
  const verb = isNew ? 'Launch with this plan' : 'Update with this plan'
  const isWaiting = status.startsWith('CREATE_') && status !== 'CREATE_IN_PROGRESS'
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <DeletePlan
              planId={id}
              name={name}
              label="Throw away"
              disabled={status.endsWith('_IN_PROGRESS')}
              then={() => go(isNew ? to('/products', plan.ProductId ?? '') : to('/provisioned-products', productId))}
            />
            {isWaiting && (
              <Button loading={rework.isPending} onClick={() => rework.mutate(undefined)}>
                Go back and change
              </Button>
            )}
            {status === 'CREATE_SUCCESS' && (
              <span data-run>
                <ExecutePlan
                  planId={id}
                  name={name}
                  label={verb}
                  disabled={!product}
                  then={recordId => go(to('/records', recordId))}
                />
              </span>
            )}
          </SpaceBetween>
        }
      >
        Plan for {visible(name)}
      </Header>
      {rework.error && <Failure error={rework.error} title="The plan could not be taken back" />}
      <Container>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Status', value: <Status of={status} /> },
            {
              label: 'Provisioned product',
              value: <a href={to('/provisioned-products', productId)}>{visible(name)}</a>,
            },
            { label: 'It would be', value: product ? (isNew ? 'Launched' : 'Updated') : '-' },
            { label: 'Made', value: <Time of={plan.CreatedTime} /> },
            {
              label: 'Product',
              value: <a href={to('/products', plan.ProductId ?? '')}>{visible(plan.ProductId ?? '')}</a>,
            },
            { label: 'Version', value: <Text>{plan.ProvisioningArtifactId}</Text> },
            { label: 'Plan', value: <Text>{plan.PlanName}</Text> },
            { label: 'Id', value: <Text>{id}</Text> },
          ]}
        />
      </Container>
      <Told status={status} message={plan.StatusMessage} recordId={product?.LastRecordId} isNew={isNew} />
      {changes.rows.some(isOwnChange) && (
        <Alert type="info" header="What it is made of cannot be told beforehand">
          The engine of this product cannot plan. What it would be given is compared instead: version, parameters and
          tags.
        </Alert>
      )}
      {status !== 'CREATE_IN_PROGRESS' && status !== 'CREATE_FAILED' && (
        <DataTable
          title="Changes"
          variant="container"
          description={changes.isLoading || changes.hasMore ? undefined : summaryOf(changes.rows)}
          columns={columns}
          pages={changes}
          rowId={row => `${row.ResourceType} ${row.LogicalResourceId} ${row.Action}`}
          empty="Nothing would change."
        />
      )}
      {(plan.ProvisioningParameters?.length ?? 0) > 0 && (
        <Container header={<Header variant="h2">Parameters given</Header>}>
          <Pairs
            values={Object.fromEntries(plan.ProvisioningParameters!.map(each => [each.Key ?? '', each.Value ?? '']))}
          />
        </Container>
      )}
      {status === 'CREATE_SUCCESS' && (
        <CopyAs service="servicecatalog" operation="ExecuteProvisionedProductPlan" input={{ PlanId: id }} />
      )}
    </SpaceBetween>
  )
}

/** How far the plan is, and what that means for whoever leaves the page. */
function Told({
  status,
  message,
  recordId,
  isNew,
}: {
  readonly status: string
  readonly message: string | undefined
  readonly recordId: string | undefined
  readonly isNew: boolean
}) {
  if (status === 'CREATE_IN_PROGRESS') {
    return <Alert type="info" header="It is being found out what would change" />
  }
  if (status === 'CREATE_FAILED' || status === 'EXECUTE_FAILED') {
    const what = status === 'CREATE_FAILED' ? 'It could not be found out what would change' : 'It was done, and failed'
    return (
      <Alert type="error" header={what}>
        <Text mono>{message}</Text>
      </Alert>
    )
  }
  if (status === 'CREATE_SUCCESS') {
    return (
      <Alert type="info" header="Nothing has been done yet">
        The plan stays in the list of plans until it is carried out or thrown away
        {isNew ? ', and so long the name is taken.' : ', and so long the product has no other.'}
      </Alert>
    )
  }
  return (
    <Alert
      type={status === 'EXECUTE_SUCCESS' ? 'success' : 'info'}
      header={status === 'EXECUTE_SUCCESS' ? 'This plan was carried out' : 'This plan is being carried out'}
      action={recordId && <Button href={to('/records', recordId)}>Show what happened</Button>}
    />
  )
}
