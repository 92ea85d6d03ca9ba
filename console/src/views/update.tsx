import { useApi } from '../api/use-api.ts'
import { FailurePage } from '../parts/failure.tsx'
import { Provisioning } from '../parts/provisioning.tsx'
import { Waiting } from '../parts/waiting.tsx'
import type { ViewProps } from '../routes.ts'

/** The form that updates a provisioned product: another version, other parameters. */
export default function Update({ id }: ViewProps) {
  const found = useApi('servicecatalog.DescribeProvisionedProduct', { Id: id })
  const product = found.data?.ProvisionedProductDetail
  const recordId = product?.LastProvisioningRecordId ?? ''
  // Which way it came says its record alone; who may not see it chooses the way anew.
  const record = useApi('servicecatalog.DescribeRecord', { Id: recordId }, { enabled: recordId !== '' })
  if (found.error) return <FailurePage error={found.error} title="The provisioned product cannot be shown" />
  if (!product || (recordId !== '' && record.isLoading)) return <Waiting />
  return (
    <Provisioning
      productId={product.ProductId ?? ''}
      updated={{
        id,
        name: product.Name ?? id,
        versionId: product.ProvisioningArtifactId,
        pathId: record.data?.RecordDetail?.PathId,
      }}
    />
  )
}
