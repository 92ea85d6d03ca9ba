import type { StepExecution, StepExecutionFilter } from '../../model/generated/ssm.ts'
import { InvalidNextToken } from '../../protocol/errors.ts'
import { findAutomation, shownSteps } from './automation-view.ts'
import { time } from './filter-values.ts'
import type { SsmOperation } from './operation.ts'

const defaultSize = 50

export const describeAutomationStepExecutions: SsmOperation<
  'DescribeAutomationStepExecutions',
  'storage' | 'documents'
> = async (input, caller, { storage, documents }) => {
  const execution = await findAutomation(storage, caller, input.AutomationExecutionId)
  const steps = await storage.executions.steps(execution.id)
  const shown = shownSteps(execution, steps, documents)
  const filters = (input.Filters ?? []).map(filter => matcher(filter))
  const wanted = shown.filter(step => filters.every(matches => matches(step)))
  if (input.ReverseOrder) wanted.reverse()
  const start = input.NextToken === undefined ? 0 : place(input.NextToken)
  const end = start + (input.MaxResults ?? defaultSize)
  return {
    StepExecutions: wanted.slice(start, end),
    NextToken: end < wanted.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  }
}

function place(token: string): number {
  const text = Buffer.from(token, 'base64url').toString()
  if (!/^\d{1,9}$/.test(text)) throw new InvalidNextToken('The specified token is not valid.')
  return Number(text)
}

function matcher({ Key, Values }: StepExecutionFilter): (step: StepExecution) => boolean {
  const oneOf = (value: string | undefined) => value !== undefined && Values.includes(value)
  switch (Key) {
    case 'StartTimeBefore': {
      const times = Values.map(time)
      return ({ ExecutionStartTime: start }) => start !== undefined && times.some(each => start < each)
    }
    case 'StartTimeAfter': {
      const times = Values.map(time)
      return ({ ExecutionStartTime: start }) => start !== undefined && times.some(each => start > each)
    }
    case 'StepExecutionStatus':
      return step => oneOf(step.StepStatus)
    case 'StepExecutionId':
      return step => oneOf(step.StepExecutionId)
    case 'StepName':
      return step => oneOf(step.StepName)
    case 'Action':
      return step => oneOf(step.Action)
    case 'ParentStepExecutionId':
      return step => oneOf(step.ParentStepDetails?.StepExecutionId)
    case 'ParentStepIteration':
      return step => oneOf(step.ParentStepDetails?.Iteration?.toString())
    case 'ParentStepIteratorValue':
      return step => oneOf(step.ParentStepDetails?.IteratorValue)
  }
}
