import type { BellhopOperations } from '../../model/generated/bellhop.ts'
import type { Operation } from '../operation.ts'
import { findRecord } from '../servicecatalog/describe-record.ts'
import { positionOf } from './position.ts'

/** Where a record that was accepted and has not begun, or whose steps wait to go on, stands in its line. */
export const describeRecordPosition: Operation<
  BellhopOperations['DescribeRecordPosition'],
  'storage' | 'limits'
> = async ({ Id }, caller, services) => {
  const record = await findRecord(services.storage, caller, Id)
  const execution = await services.storage.executions.get(record.executionId)
  return execution ? positionOf(execution, services) : { Waiting: false }
}
