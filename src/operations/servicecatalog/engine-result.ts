import { orphanToken, stepToken, workflowToken } from '../../catalog/engine-work.ts'
import type { RecordType } from '../../catalog/entities.ts'
import { InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Caller, Services } from '../operation.ts'

interface Result {
  readonly WorkflowToken: string
  readonly RecordId: string
  readonly Status: 'SUCCEEDED' | 'FAILED'
  readonly FailureReason?: string
  readonly Outputs?: readonly {
    readonly OutputKey?: string
    readonly OutputValue?: string
    readonly Description?: string
  }[]
  readonly ResourceIdentifier?: { readonly UniqueTag?: { readonly Key?: string; readonly Value?: string } }
}

/**
 * Takes the result that an engine which pulled its work tells us, and hands it to the execution as a signal. Engines repeat
 * themselves with fresh idempotency tokens, so the same result for a record that has ended is answered as done.
 */
export async function engineResult(
  type: RecordType,
  input: Result,
  caller: Caller,
  { storage, clock, executions }: Pick<Services, 'storage' | 'clock' | 'executions'>,
): Promise<Record<string, never>> {
  const record = await storage.records.get(caller.scope, input.RecordId)
  if (!record) throw new ResourceNotFoundException(`Record ${input.RecordId} not found.`)
  // A provision that failed is followed by a termination, for the same record.
  const removesOrphan = type === 'TERMINATE_PROVISIONED_PRODUCT' && record.detail.RecordType === 'PROVISION_PRODUCT'
  if (record.detail.RecordType !== type && !removesOrphan) {
    throw new InvalidParametersException(
      `Record ${input.RecordId} is of type ${record.detail.RecordType}, not ${type}.`,
    )
  }
  const attempts = await storage.executions.steps(record.executionId)
  // Before the worker has written its first step, the first step is the one at work.
  const known = attempts.length > 0 ? attempts.map(step => step.ordinal) : [1]
  const tokens = known.map(ordinal => stepToken(record.executionId, ordinal))
  const given = removesOrphan ? tokens.map(orphanToken) : tokens
  if (!given.some(token => workflowToken(token) === input.WorkflowToken)) {
    throw new InvalidParametersException(`The workflow token is not that of record ${input.RecordId}.`)
  }
  if (input.Status === 'FAILED' && !input.FailureReason) {
    throw new InvalidParametersException('FailureReason is required when Status is FAILED.')
  }
  const { Status: ended } = record.detail
  if (ended === 'SUCCEEDED' || ended === 'FAILED') {
    if (ended === input.Status) return {}
    throw new InvalidParametersException(`Record ${input.RecordId} has already ended as ${ended}.`)
  }
  await storage.executions.signal({
    executionId: record.executionId,
    type: 'EngineResult',
    payload: {
      token: input.WorkflowToken,
      recordId: input.RecordId,
      status: input.Status,
      failureReason: input.FailureReason,
      outputs: input.Outputs ?? [],
      uniqueTag: input.ResourceIdentifier?.UniqueTag,
    },
    sentBy: caller.arn,
    sentAt: clock.now(),
  })
  executions.wake(record.executionId)
  return {}
}
