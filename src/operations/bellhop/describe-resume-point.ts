import type { BellhopOperations } from '../../model/generated/bellhop.ts'
import type { Operation } from '../operation.ts'
import { findResumableRun } from './resumable-run.ts'

/** Where a run that failed would be gone on with, and which of its steps would be taken over; changes nothing. */
export const describeResumePoint: Operation<
  BellhopOperations['DescribeResumePoint'],
  'storage' | 'documents' | 'clock'
> = async ({ RecordId }, caller, services) => {
  const { stepName, taken } = await findResumableRun(services, caller, RecordId)
  return {
    StepName: stepName,
    TakenSteps: taken.map(({ name, action, status, parent }) => ({
      StepName: name,
      Action: action,
      StepStatus: status,
      Iteration: parent?.iteration,
    })),
  }
}
