import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Output } from '../api/services.ts'
import { useApi, usePages } from '../api/use-api.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { OwnOrAll, useOwnOrAll } from '../parts/own-or-all.tsx'
import { DeletePlan, ExecutePlan } from '../parts/plan-buttons.tsx'
import { OneLine, Status } from '../parts/words.tsx'
import { to } from '../routing/location.ts'
import { go } from '../routing/use-location.ts'
import { visible } from '../words/text.ts'

const rowsOf = (output: Output<'servicecatalog.ListProvisionedProductPlans'>) => output.ProvisionedProductPlans

type Row = NonNullable<ReturnType<typeof rowsOf>>[number]

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    header: 'Plan',
    width: 300,
    value: row => row.PlanName,
    cell: row => <a href={to('/plans', row.PlanId ?? '')}>{visible(row.PlanName ?? '')}</a>,
  },
  {
    id: 'product',
    header: 'Provisioned product',
    width: 220,
    value: row => row.ProvisionProductName,
    cell: row => (
      <a href={to('/provisioned-products', row.ProvisionProductId ?? '')}>{visible(row.ProvisionProductName ?? '')}</a>
    ),
  },
  { id: 'status', header: 'Status', width: 180, cell: row => <PlanStatus id={row.PlanId ?? ''} /> },
  { id: 'do', header: 'Carry out or delete', width: 220, cell: row => <Buttons row={row} /> },
  {
    id: 'version',
    header: 'Version',
    width: 180,
    value: row => row.ProvisioningArtifactId,
    cell: row => <OneLine>{row.ProvisioningArtifactId}</OneLine>,
  },
  { id: 'id', header: 'Id', width: 180, value: row => row.PlanId, cell: row => <OneLine>{row.PlanId}</OneLine> },
]

/** The list does not tell how far a plan is: of the rows that are drawn, each is asked. */
function usePlan(id: string) {
  return useApi('servicecatalog.DescribeProvisionedProductPlan', { PlanId: id, PageSize: 1 }).data
    ?.ProvisionedProductPlanDetails
}

function PlanStatus({ id }: { readonly id: string }) {
  return <Status of={usePlan(id)?.Status} />
}

function Buttons({ row: { PlanId = '', PlanName = '' } }: { readonly row: Row }) {
  const status = usePlan(PlanId)?.Status
  return (
    <SpaceBetween direction="horizontal" size="s">
      {status === 'CREATE_SUCCESS' && (
        <ExecutePlan
          planId={PlanId}
          name={PlanName}
          variant="inline-link"
          label="Execute"
          then={recordId => go(to('/records', recordId))}
        />
      )}
      {status && !status.endsWith('_IN_PROGRESS') && (
        <DeletePlan planId={PlanId} name={PlanName} variant="inline-link" label="Delete" />
      )}
    </SpaceBetween>
  )
}

/** Plans that were made and not thrown away. */
export default function Plans() {
  const { AccessLevelFilter } = useOwnOrAll()
  const pages = usePages(
    'servicecatalog.ListProvisionedProductPlans',
    { PageSize: 20, AccessLevelFilter },
    { rows: rowsOf, every: 10_000 },
  )
  return (
    <DataTable
      title="Plans"
      description="What was looked at before it was to be launched or updated. Open one to see what would change."
      columns={columns}
      pages={pages}
      rowId={row => row.PlanId ?? ''}
      empty="There is no plan. The form that launches a product makes one when you preview what would change."
      filters={<OwnOrAll label="Whose plans" />}
    />
  )
}
