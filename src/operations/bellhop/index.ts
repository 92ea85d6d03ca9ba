import type { BellhopOperations } from '../../model/generated/bellhop.ts'
import type { Operation, Services } from '../operation.ts'
import { describeHealth } from './describe-health.ts'
import { describeRecordPosition } from './describe-record-position.ts'
import { describeResumePoint } from './describe-resume-point.ts'
import { explainAccess } from './explain-access.ts'
import { getAutomationExecutionPosition } from './get-automation-execution-position.ts'
import { listActivity } from './list-activity.ts'
import { resumeServiceAction } from './resume-service-action.ts'

/** Every operation of the service's model; a row that is missing does not compile. */
export const bellhop = {
  DescribeHealth: describeHealth,
  DescribeRecordPosition: describeRecordPosition,
  DescribeResumePoint: describeResumePoint,
  ExplainAccess: explainAccess,
  GetAutomationExecutionPosition: getAutomationExecutionPosition,
  ListActivity: listActivity,
  ResumeServiceAction: resumeServiceAction,
} satisfies { readonly [Name in keyof BellhopOperations]: Operation<BellhopOperations[Name], keyof Services> }
