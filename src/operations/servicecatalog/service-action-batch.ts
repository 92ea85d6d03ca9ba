import type { ServiceActionAssociation } from '../../catalog/entities.ts'
import { Refusal, type RefusalReason } from '../../catalog/refusal.ts'
import type {
  BatchAssociateServiceActionWithProvisioningArtifactInput,
  FailedServiceActionAssociation,
  ServiceActionAssociationErrorCode,
} from '../../model/generated/servicecatalog.ts'

/** What the batch operations answer for an item that storage refuses. */
const codes: Readonly<Record<RefusalReason, ServiceActionAssociationErrorCode>> = {
  NotFound: 'RESOURCE_NOT_FOUND',
  Duplicate: 'DUPLICATE_RESOURCE',
  LimitExceeded: 'LIMIT_EXCEEDED',
  InUse: 'INVALID_PARAMETER',
  InvalidState: 'INVALID_PARAMETER',
  TokenReused: 'INVALID_PARAMETER',
}

/**
 * Applies `change` to each item of a batch, in its order. One that is refused is answered as failed and keeps nobody from
 * the others.
 */
export async function eachAssociation(
  {
    ServiceActionAssociations: items,
  }: Pick<BatchAssociateServiceActionWithProvisioningArtifactInput, 'ServiceActionAssociations'>,
  change: (association: ServiceActionAssociation) => Promise<unknown>,
): Promise<{ FailedServiceActionAssociations: readonly FailedServiceActionAssociation[] }> {
  const failures = await Promise.all(
    items.map(async ({ ServiceActionId, ProductId, ProvisioningArtifactId }) => {
      try {
        await change({
          serviceActionId: ServiceActionId,
          productId: ProductId,
          provisioningArtifactId: ProvisioningArtifactId,
        })
        return []
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        const { message: ErrorMessage, reason } = error
        return [{ ServiceActionId, ProductId, ProvisioningArtifactId, ErrorCode: codes[reason], ErrorMessage }]
      }
    }),
  )
  return { FailedServiceActionAssociations: failures.flat() }
}
