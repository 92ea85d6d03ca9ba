import type { RecordError, RecordOutput, ResourceChange } from '../model/generated/servicecatalog.ts'
import type { CatalogRecord, ProductResource, ProvisionedProduct, RecordType } from './entities.ts'

/**
 * The states of a provisioned product and of its records: which change may start when, and where it leads. Pure; storage
 * applies these in the transaction that accepts a change and in the one that settles it.
 */
type Status = ProvisionedProduct['detail']['Status']

/** AVAILABLE and TAINTED are stable and take any operation; an ERROR product can still be updated or terminated. */
const startsFrom: Record<Exclude<RecordType, 'PROVISION_PRODUCT'>, readonly Status[]> = {
  UPDATE_PROVISIONED_PRODUCT: ['AVAILABLE', 'TAINTED', 'ERROR'],
  TERMINATE_PROVISIONED_PRODUCT: ['AVAILABLE', 'TAINTED', 'ERROR'],
  EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION: ['AVAILABLE', 'TAINTED'],
}

/** Whether an operation of this type may start on a product in this status. */
export function mayStart(type: Exclude<RecordType, 'PROVISION_PRODUCT'>, status: Status): boolean {
  return startsFrom[type].includes(status)
}

/** LastProvisioningRecordId follows these types; a service action's record is only LastRecordId. */
function isProvisioning(type: RecordType): boolean {
  return type !== 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION'
}

/** The product once `record` has been accepted: under change, and pointing at the record. */
export function underChange(product: ProvisionedProduct, record: CatalogRecord): ProvisionedProduct {
  const { RecordId, RecordType } = record.detail
  return {
    ...product,
    statusBefore: product.detail.Status,
    detail: {
      ...product.detail,
      Status: 'UNDER_CHANGE',
      LastRecordId: RecordId,
      ...(isProvisioning(RecordType) && { LastProvisioningRecordId: RecordId }),
    },
  }
}

export type Outcome =
  | {
      readonly status: 'SUCCEEDED'
      /** The record's outputs from now on. */
      readonly recordOutputs: readonly RecordOutput[]
      /** The product's outputs and resources from now on; undefined: as they were. */
      readonly productOutputs?: readonly RecordOutput[]
      readonly resources?: readonly ProductResource[]
      /** Of an import, and of a service action that changed them. */
      readonly parameters?: Readonly<Record<string, string>>
    }
  | {
      readonly status: 'FAILED'
      readonly errors: readonly RecordError[]
      readonly recordOutputs: readonly RecordOutput[]
      readonly productOutputs?: readonly RecordOutput[]
      readonly resources?: readonly ProductResource[]
      /** What is left does not run any more. */
      readonly broken?: boolean
    }

/** How the making of a plan ended. */
export type PlanOutcome =
  | { readonly status: 'PLANNED'; readonly changes?: readonly ResourceChange[]; readonly planned?: unknown }
  | { readonly status: 'UNPLANNED'; readonly message: string; readonly planned?: unknown }

/** Where a record's end leads: the record as it ends, and the product, which is undefined when it is gone. */
export function settle(
  product: ProvisionedProduct,
  record: CatalogRecord,
  outcome: Outcome,
  now: Date,
): { record: CatalogRecord; product: ProvisionedProduct | undefined } {
  const settled: CatalogRecord = {
    ...record,
    outputs: outcome.recordOutputs,
    detail: {
      ...record.detail,
      Status: outcome.status,
      UpdatedTime: now,
      RecordErrors: outcome.status === 'FAILED' ? outcome.errors : [],
    },
  }
  const { statusBefore, ...rest } = product
  const status = statusAfter(record, statusBefore ?? product.detail.Status, outcome)
  if (status === 'gone') return { record: settled, product: undefined }
  const provisioned = isProvisioning(record.detail.RecordType)
  const succeeded = outcome.status === 'SUCCEEDED'
  const asked = provisioned && succeeded ? record : undefined
  return {
    record: settled,
    product: {
      ...rest,
      outputs: outcome.productOutputs ?? product.outputs,
      resources: outcome.resources ?? product.resources,
      // A successful provision or update makes true what its record asked for.
      parameters:
        (outcome.status === 'SUCCEEDED' ? outcome.parameters : undefined) ??
        asked?.request.parameters ??
        product.parameters,
      tags: asked?.request.tags ?? product.tags,
      notifications: asked?.request.notifications ?? product.notifications,
      pathId: asked?.detail.PathId ?? product.pathId,
      detail: {
        ...product.detail,
        ProductId: asked?.detail.ProductId ?? product.detail.ProductId,
        ProvisioningArtifactId: asked?.detail.ProvisioningArtifactId ?? product.detail.ProvisioningArtifactId,
        LaunchRoleArn: asked ? asked.detail.LaunchRoleArn : product.detail.LaunchRoleArn,
        Status: status,
        StatusMessage: provisioned ? failureText(outcome) : product.detail.StatusMessage,
        LastSuccessfulProvisioningRecordId: asked?.detail.RecordId ?? product.detail.LastSuccessfulProvisioningRecordId,
      },
    },
  }
}

function failureText(outcome: Outcome): string | undefined {
  if (outcome.status === 'SUCCEEDED') return undefined
  return outcome.errors.map(error => error.Description ?? '').join('; ')
}

function statusAfter(record: CatalogRecord, before: Status, outcome: Outcome): Status | 'gone' {
  const succeeded = outcome.status === 'SUCCEEDED'
  const failedAs = before === 'ERROR' || (outcome.status === 'FAILED' && outcome.broken) ? 'ERROR' : 'TAINTED'
  switch (record.detail.RecordType) {
    case 'PROVISION_PRODUCT':
      return succeeded ? 'AVAILABLE' : 'ERROR'
    case 'UPDATE_PROVISIONED_PRODUCT':
      // An ERROR product that could not be updated runs no better than before.
      return succeeded ? 'AVAILABLE' : failedAs
    case 'TERMINATE_PROVISIONED_PRODUCT':
      return succeeded || record.request.ignoreErrors ? 'gone' : failedAs
    case 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION':
      return before
  }
}
