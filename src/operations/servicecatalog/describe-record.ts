import type { CatalogRecord } from '../../catalog/entities.ts'
import type { RecordOutput } from '../../model/generated/servicecatalog.ts'
import { InvalidParametersException, ResourceNotFoundException } from '../../protocol/errors.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Caller } from '../operation.ts'
import type { ServiceCatalogOperation } from './operation.ts'
import { maySee } from './provisioned-product.ts'

const defaultSize = 20

/** The record that a caller names. Throws ResourceNotFoundException, for those out of their reach too. */
export async function findRecord(storage: Storage, caller: Caller, id: string): Promise<CatalogRecord> {
  const found = await storage.records.getWithOwner(caller.scope, id)
  if (!found || !maySee(caller, found.owner)) throw new ResourceNotFoundException(`Record ${id} not found.`)
  return found.record
}

/** The record, and its outputs page by page. */
export const describeRecord: ServiceCatalogOperation<'DescribeRecord', 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  const record = await findRecord(storage, caller, input.Id)
  const outputs = [...record.outputs, ...(await progress(record, storage))]
  const size = input.PageSize || defaultSize
  const start = input.PageToken ? offset(input.PageToken) : 0
  const more = start + size < outputs.length
  return {
    RecordDetail: record.detail,
    RecordOutputs: outputs.slice(start, start + size),
    NextPageToken: more ? Buffer.from(JSON.stringify([start + size])).toString('base64url') : undefined,
  }
}

/** What a change that is under way did last, as an output that goes when the change has ended: ours, not AWS's. */
async function progress(record: CatalogRecord, storage: Storage): Promise<RecordOutput[]> {
  if (!record.detail.Status.startsWith('IN_PROGRESS')) return []
  const lines = (await storage.executions.steps(record.executionId)).at(-1)?.progress
  if (!lines?.length) return []
  return [{ OutputKey: 'Progress', OutputValue: lines.join('\n'), Description: 'What was done last.' }]
}

function offset(token: string): number {
  try {
    const [at] = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Number.isSafeInteger(at) && at > 0) return at
  } catch {
    // Not ours; answered below like any other token that is not ours.
  }
  throw new InvalidParametersException('The page token is not valid.')
}
