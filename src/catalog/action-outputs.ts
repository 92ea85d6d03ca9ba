import type { RecordOutput } from '../model/generated/servicecatalog.ts'
import type { Execution } from './execution.ts'

/** What the record of a service action puts out from its beginning: where its run is, and what that goes on with. */
export function runOutputs({ id, resumes }: Pick<Execution, 'id' | 'resumes'>): readonly RecordOutput[] {
  return [
    {
      OutputKey: 'AutomationExecutionId',
      OutputValue: id,
      Description: 'The automation execution that runs this service action.',
    },
    ...(resumes
      ? [
          {
            OutputKey: 'ResumedFrom',
            OutputValue: resumes.recordId,
            Description: `The record of the run that failed, which this one goes on with from step ${resumes.stepName}.`,
          },
        ]
      : []),
  ]
}
