import type { CatalogRecord, NotificationTargets, ProvisionedProduct, RecordType } from '../../catalog/entities.ts'
import type { Execution } from '../../catalog/execution.ts'
import { underChange } from '../../catalog/lifecycle.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { withoutAutoTags } from '../../catalog/tags.ts'
import type { ProvisionProductOutput, RecordOutput } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'

interface What {
  readonly type: RecordType
  readonly document: Execution['document']
  readonly kind: Execution['kind']
  readonly executionId: string
  /** The artifact and path the record is about, where they differ from the product's. */
  readonly artifact?: { readonly productId: string; readonly id: string; readonly pathId: string }
  /** Absent: the product's. */
  readonly launchRoleArn?: string | undefined
  /** The role the document's steps act as. */
  readonly roleArn?: string
  readonly parameters?: Execution['parameters']
  readonly request: CatalogRecord['request']
  readonly outputs?: readonly RecordOutput[]
}

/** The record and the execution of an operation that is being accepted: status CREATED and Pending. Pure. */
export function accepted(
  product: ProvisionedProduct,
  caller: Caller,
  { clock, ids }: Pick<Services, 'clock' | 'ids'>,
  what: What,
): { record: CatalogRecord; execution: Execution } {
  const now = clock.now()
  const recordId = ids.nextAt('record', now)
  const { detail } = product
  const record: CatalogRecord = {
    scope: caller.scope,
    userArn: caller.arn,
    executionId: what.executionId,
    outputs: what.outputs ?? [],
    notificationArns: notificationArns(what.request.notifications ?? product.notifications),
    request: what.request,
    detail: {
      RecordId: recordId,
      ProvisionedProductName: detail.Name,
      Status: 'CREATED',
      CreatedTime: now,
      UpdatedTime: now,
      ProvisionedProductType: detail.Type,
      RecordType: what.type,
      ProvisionedProductId: detail.Id,
      ProductId: what.artifact?.productId ?? detail.ProductId,
      ProvisioningArtifactId: what.artifact?.id ?? detail.ProvisioningArtifactId,
      PathId: what.artifact?.pathId ?? product.pathId,
      RecordErrors: [],
      // AWS shows AutoTags at the provisioned product, not at its records (AWS CLI examples, provision-product).
      RecordTags: withoutAutoTags(what.request.tags ?? []).map(({ Key, Value }) => ({ Key, Value })),
      LaunchRoleArn: 'launchRoleArn' in what ? what.launchRoleArn : detail.LaunchRoleArn,
    },
  }
  const execution: Execution = {
    id: what.executionId,
    scope: caller.scope,
    kind: what.kind,
    recordId,
    provisionedProductId: detail.Id,
    document: what.document,
    parameters: what.parameters ?? {},
    executedBy: caller.arn,
    caller: caller.identity,
    ...(caller.trace !== undefined && { trace: caller.trace }),
    roleArn: what.roleArn,
    status: 'Pending',
    outputs: {},
    epoch: 0,
    createdAt: now,
  }
  return { record, execution }
}

/** Writes a provisioned product that is new with the record and the execution that make it, and has them begun. */
export async function begin(
  provisioned: ProvisionedProduct,
  { record, execution }: ReturnType<typeof accepted>,
  claim: Caller['claim'],
  { storage, executions }: Pick<Services, 'storage' | 'executions'>,
): Promise<ProvisionProductOutput> {
  const answer = await storage.provisionedProducts.create(
    { ...underChange(provisioned, record), statusBefore: undefined },
    record,
    execution,
    claim,
    { RecordDetail: record.detail },
  )
  executions.wake(execution.id)
  return answer
}

/** Each topic once; undefined when there is none. */
function notificationArns(targets: NotificationTargets | undefined): readonly string[] | undefined {
  const arns = new Set([...(targets?.given ?? []), ...(targets?.ofConstraints ?? [])])
  return arns.size > 0 ? [...arns] : undefined
}

/**
 * For `catch` in operations that declare no InvalidStateException: a product in a status that does not allow the change is
 * answered as InvalidParametersException. What AWS answers there is not known.
 */
export function undeclaredState(error: unknown): never {
  if (error instanceof Refusal && error.reason === 'InvalidState') throw new InvalidParametersException(error.message)
  throw error
}
